package io.millrace.traces.policy;

import io.millrace.daemon.InvalidConfig;
import java.util.List;

/**
 * Keys of the Collector that shape its buffer of spans. There is none here: they are only noted.
 */
final class WithoutEffect {

  private static final String NO_BUFFER = ": no effect, no span is buffered";

  private WithoutEffect() {}

  static void read(Block root, List<String> notes) {
    whole(root, "num_traces", notes);
    whole(root, "expected_new_traces_per_sec", notes);
    bool(root, "block_on_overflow", notes);
    bool(root, "drop_pending_traces_on_shutdown", notes);
    Block caches = root.block("decision_cache");
    whole(caches, "sampled_cache_size", notes);
    whole(caches, "non_sampled_cache_size", notes);
    caches.refuseOthers();
    strategy(root, notes);
    if (root.has("tail_storage")) {
      notes.add("tail_storage" + NO_BUFFER);
    }
  }

  private static void whole(Block block, String key, List<String> notes) {
    block.whole(key, 0, Long.MAX_VALUE);
    note(block, key, notes);
  }

  private static void bool(Block block, String key, List<String> notes) {
    block.bool(key);
    note(block, key, notes);
  }

  private static void note(Block block, String key, List<String> notes) {
    if (block.has(key)) {
      notes.add(block.path(key) + NO_BUFFER);
    }
  }

  private static void strategy(Block root, List<String> notes) {
    String strategy = root.text("sampling_strategy", "trace-complete");
    switch (strategy) {
      case "trace-complete" -> {}
      case "span-ingest" ->
          notes.add("sampling_strategy: no effect, a trace is decided on all its spans");
      default ->
          throw new InvalidConfig("sampling_strategy", strategy, "trace-complete or span-ingest");
    }
  }
}
