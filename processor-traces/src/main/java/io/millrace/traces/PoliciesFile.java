package io.millrace.traces;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.daemon.ConfigReader;
import io.millrace.daemon.InvalidConfig;
import io.millrace.traces.policy.TailSamplingConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * Policies in a file, wherever people keep them: a configuration of ours, one of the Collector's,
 * or the bare block.
 */
final class PoliciesFile {

  private static final String TAIL = "tail_sampling";
  private static final String ADAPTIVE = "adaptive_tail_sampling";

  private PoliciesFile() {}

  /**
   * @param option that names the file
   * @throws InvalidConfig naming the file and the key
   */
  static TailSamplingConfig read(String option, Path file, Map<String, String> environment) {
    Block block = find(option, file, environment);
    return parse(
        file,
        block.key(),
        block.node(),
        block.isAdaptive() ? TailSamplingConfig::parseAdaptive : TailSamplingConfig::parse);
  }

  /**
   * Where the policies stand.
   *
   * @param key that leads to them; empty for a bare block
   */
  record Block(String key, JsonNode node, boolean isAdaptive) {}

  /** Finds them without reading them. */
  static Block find(String option, Path file, Map<String, String> environment) {
    JsonNode root = ConfigReader.tree(option, file, environment);
    for (JsonNode holder : new JsonNode[] {root.path("traces"), root.path("processors"), root}) {
      if (holder.has(TAIL)) {
        return new Block(TAIL, holder.get(TAIL), false);
      }
      if (holder.has(ADAPTIVE)) {
        return new Block(ADAPTIVE, holder.get(ADAPTIVE), true);
      }
    }
    if (root.has("rules")) {
      return new Block("", root, true);
    }
    if (root.has("policies")) {
      return new Block("", root, false);
    }
    throw new InvalidConfig(
        file.toString(), "no policies", "tail_sampling or adaptive_tail_sampling, or the block");
  }

  private static TailSamplingConfig parse(
      Path file, String key, JsonNode block, Function<JsonNode, TailSamplingConfig> parser) {
    try {
      return parser.apply(block);
    } catch (InvalidConfig e) {
      throw e.under(key).under(file.toString());
    }
  }
}
