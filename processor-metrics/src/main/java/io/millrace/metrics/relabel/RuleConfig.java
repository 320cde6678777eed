package io.millrace.metrics.relabel;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.daemon.InvalidConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One rule as it is written, with Prometheus's names and defaults.
 *
 * @param sourceLabels whose values are joined by the separator and matched
 * @param separator default {@code ;}
 * @param regex matched against the whole text; default {@code (.*)}
 * @param modulus of hashmod
 * @param targetLabel where the result goes; may hold {@code $1} for replace
 * @param replacement default {@code $1}
 */
record RuleConfig(
    Action action,
    List<String> sourceLabels,
    String separator,
    String regex,
    long modulus,
    String targetLabel,
    String replacement) {

  private static final String SEPARATOR = ";";
  private static final String REGEX = "(.*)";
  private static final String REPLACEMENT = "$1";

  private static final Set<String> KEYS =
      Set.of(
          "action",
          "source_labels",
          "separator",
          "regex",
          "modulus",
          "target_label",
          "replacement");

  RuleConfig {
    if (action.needsTarget() && targetLabel.isEmpty()) {
      throw new InvalidConfig("target_label", "missing", "a label for action " + action.id());
    }
    if (action == Action.HASHMOD && modulus == 0) {
      throw new InvalidConfig("modulus", 0, "more than 0 for action hashmod");
    }
    switch (action) {
      case LOWERCASE, UPPERCASE -> requireDefault(action, "replacement", replacement, REPLACEMENT);
      case KEEPEQUAL, DROPEQUAL -> {
        requireDefault(action, "regex", regex, REGEX);
        requireDefault(action, "separator", separator, SEPARATOR);
        requireDefault(action, "replacement", replacement, REPLACEMENT);
        requireDefault(action, "modulus", Long.toString(modulus), "0");
      }
      case LABELDROP, LABELKEEP -> {
        requireDefault(action, "source_labels", String.join(",", sourceLabels), "");
        requireDefault(action, "target_label", targetLabel, "");
        requireDefault(action, "separator", separator, SEPARATOR);
        requireDefault(action, "replacement", replacement, REPLACEMENT);
        requireDefault(action, "modulus", Long.toString(modulus), "0");
      }
      case REPLACE, KEEP, DROP, HASHMOD, LABELMAP -> {}
    }
  }

  private static void requireDefault(Action action, String key, String found, String expected) {
    if (!found.equals(expected)) {
      throw new InvalidConfig(key, found, "not set for action " + action.id());
    }
  }

  /**
   * @throws InvalidConfig with the key relative to the rule
   */
  static RuleConfig read(JsonNode node) {
    if (!node.isObject()) {
      throw new InvalidConfig("", "no mapping", "a rule such as {action: drop, regex: ...}");
    }
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                throw new InvalidConfig(
                    key,
                    "unknown key",
                    "one of " + String.join(", ", KEYS.stream().sorted().toList()));
              }
            });
    String action = text(node, "action", "replace");
    return new RuleConfig(
        Action.of(action)
            .orElseThrow(() -> new InvalidConfig("action", action, "an action of Prometheus")),
        sourceLabels(node),
        text(node, "separator", SEPARATOR),
        text(node, "regex", REGEX),
        modulus(node),
        text(node, "target_label", ""),
        text(node, "replacement", REPLACEMENT));
  }

  private static String text(JsonNode node, String key, String otherwise) {
    JsonNode value = node.get(key);
    if (value != null && !value.isValueNode()) {
      throw new InvalidConfig(key, "no text", "a text");
    }
    return value == null ? otherwise : value.isNull() ? "" : value.asText();
  }

  private static List<String> sourceLabels(JsonNode node) {
    JsonNode labels = node.path("source_labels");
    if (!labels.isMissingNode() && !labels.isArray()) {
      throw new InvalidConfig("source_labels", "no list", "a list of label names");
    }
    List<String> names = new ArrayList<>();
    labels.forEach(label -> names.add(label.asText()));
    return List.copyOf(names);
  }

  private static long modulus(JsonNode node) {
    String text = text(node, "modulus", "0");
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidConfig("modulus", text, "a whole number");
    }
  }
}
