package io.millrace.traces.policy;

import io.millrace.daemon.InvalidConfig;
import io.millrace.traces.policy.AdaptiveSampler.Goal;
import io.millrace.traces.policy.AdaptiveSampler.History;
import io.millrace.traces.policy.AdaptiveSampler.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the block of contrib's {@code adaptive_tail_sampling}: rules, of which the first that
 * matches a trace decides. A rule becomes a policy.
 */
final class AdaptiveReader {

  private static final String NO_BUFFER = ": no effect, no span is buffered";
  private static final double SMALL = 0.1;

  /** Of {@code max_keys: 0}, which has no limit there. */
  private static final int MOST_KEYS = 10_000;

  private final List<String> notes = new ArrayList<>();

  TailSamplingConfig read(Block root) {
    Duration timeout = root.duration("trace_timeout", Duration.ofSeconds(30));
    Duration delay = root.duration("decision_delay", Duration.ofSeconds(2));
    if (delay.isZero()) {
      throw new InvalidConfig("decision_delay", "0s", "more than 0");
    }
    String rootCondition = root.text("root_span_condition", "");
    List<Policy> rules = new ArrayList<>();
    for (Block rule : root.blocks("rules")) {
      rules.add(rule(rule));
    }
    if (rules.isEmpty()) {
      throw new InvalidConfig("rules", "none", "at least one");
    }
    withoutEffect(root);
    root.refuseOthers();
    return new TailSamplingConfig(
        timeout.plus(delay), delay, false, 0, rules, notes, rootCondition);
  }

  private Policy rule(Block block) {
    try {
      Block rule = block.itself();
      String name = rule.text("name", "");
      if (name.startsWith("_")) {
        throw new InvalidConfig("name", name, "a name that does not begin with '_'");
      }
      List<String> conditions = rule.texts("conditions");
      String match = rule.text("match", "any_span");
      if (!match.equals("any_span") && !match.equals("same_span")) {
        throw new InvalidConfig("match", match, "any_span or same_span");
      }
      AdaptiveSampler sampler = sampler(rule.block("sampler"));
      rule.refuseOthers();
      boolean sameSpan = match.equals("same_span");
      return new Policy(name, block.path(), new Rule.Adaptive(conditions, sameSpan, sampler));
    } catch (InvalidConfig e) {
      throw e.under(block.local());
    }
  }

  private static AdaptiveSampler sampler(Block block) {
    String type = block.text("type", "");
    AdaptiveSampler sampler =
        switch (type) {
          case "always_sample" -> new AdaptiveSampler.Fixed(100);
          case "probabilistic" ->
              new AdaptiveSampler.Fixed(percentage(block, "sampling_percentage"));
          case "adaptive_percentage" -> {
            double goal = percentage(block, "goal_percentage");
            yield adaptive(block, Goal.PERCENTAGE, goal, goal, ema(block));
          }
          case "adaptive_throughput" -> throughput(block);
          default ->
              throw new InvalidConfig(
                  block.local("type"),
                  type.isEmpty() ? "nothing" : type,
                  "one of always_sample, probabilistic, adaptive_percentage, adaptive_throughput");
        };
    block.refuseOthers();
    return sampler;
  }

  private static AdaptiveSampler throughput(Block block) {
    double goal = block.decimal("goal_throughput");
    if (!(goal > 0)) {
      throw new InvalidConfig(block.local("goal_throughput"), goal, "more than 0");
    }
    double initial =
        block.has("initial_sampling_percentage")
            ? percentage(block, "initial_sampling_percentage")
            : 10;
    String algorithm = block.text("algorithm", "ema");
    History history =
        switch (algorithm) {
          case "ema" -> ema(block);
          case "windowed" -> windowed(block);
          default ->
              throw new InvalidConfig(block.local("algorithm"), algorithm, "ema or windowed");
        };
    return adaptive(block, Goal.THROUGHPUT, goal, initial, history);
  }

  private static AdaptiveSampler adaptive(
      Block block, Goal goal, double amount, double initial, History history) {
    List<Selector> selectors = new ArrayList<>();
    List<String> texts = block.texts("fingerprint_attributes");
    for (int i = 0; i < texts.size(); i++) {
      String path = block.local("fingerprint_attributes") + "[" + i + "]";
      selectors.add(Selector.parse(path, texts.get(i)));
    }
    if (selectors.isEmpty()) {
      throw new InvalidConfig(block.local("fingerprint_attributes"), "none", "at least one");
    }
    int maxKeys = (int) block.whole("max_keys", 0, MOST_KEYS);
    return new AdaptiveSampler.Adaptive(
        goal, amount, initial, selectors, history, maxKeys == 0 ? MOST_KEYS : maxKeys);
  }

  /** As many intervals as together have all but a tenth of the weight. */
  private static History ema(Block block) {
    if (block.has("algorithm") && !block.text("algorithm", "").equals("ema")) {
      throw new InvalidConfig(block.local("algorithm"), block.text("algorithm", ""), "ema");
    }
    double weight = block.decimal("weight");
    if (weight < 0 || weight >= 1) {
      throw new InvalidConfig(block.local("weight"), weight, "0 to less than 1");
    }
    double used = weight == 0 ? 0.5 : weight;
    int intervals = (int) Math.ceil(Math.log(SMALL) / Math.log(1 - used));
    Duration interval = interval(block, "adjustment_interval", Duration.ofSeconds(15));
    return new History(interval, intervals, used);
  }

  private static History windowed(Block block) {
    Duration interval = interval(block, "update_frequency", Duration.ofSeconds(1));
    Duration window = interval(block, "lookback_frequency", interval.multipliedBy(30));
    return new History(interval, (int) Math.max(1, window.dividedBy(interval)), 0);
  }

  private static Duration interval(Block block, String key, Duration otherwise) {
    Duration found = block.duration(key, otherwise);
    return found.isZero() ? otherwise : found;
  }

  private static double percentage(Block block, String key) {
    double percentage = block.decimal(key);
    if (!(percentage > 0 && percentage <= 100)) {
      throw new InvalidConfig(block.local(key), percentage, "more than 0, up to 100");
    }
    return percentage;
  }

  /** What shapes a buffer that is not here, or writes what is not written here. */
  private void withoutEffect(Block root) {
    for (String key : List.of("num_traces", "span_limit")) {
      root.whole(key, 0, Long.MAX_VALUE);
      note(root, key, NO_BUFFER);
    }
    for (String key : List.of("decision_cache", "eviction")) {
      root.block(key);
      note(root, key, NO_BUFFER);
    }
    String fingerprint = root.text("record_fingerprint", "none");
    if (!fingerprint.equals("none")) {
      note(root, "record_fingerprint", ": no effect, fingerprints are not written on spans");
    }
  }

  private void note(Block root, String key, String why) {
    if (root.has(key)) {
      notes.add(key + why);
    }
  }
}
