package io.millrace.processing;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.daemon.InvalidConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rule of the processing stage. It has one kind of action: attributes (any of {@code set},
 * {@code insert}, {@code remove}, {@code rename}, in that order), {@code drop}, {@code keep},
 * {@code redact} or {@code truncate}.
 *
 * @param name its label in metrics
 * @param on whose attributes are changed, or where texts are redacted or truncated; by default the
 *     item's attributes, and texts wherever they are
 * @param when condition under which attributes are changed; default always
 * @param set attributes that get a value, a text, a number or a boolean
 * @param insert attributes that get a value where there is none
 * @param remove attributes that are taken away
 * @param rename attributes that get another key, by the one they have
 * @param drop condition under which an item is not delivered
 * @param keep condition under which an item is delivered, and no other
 * @param redact texts that are replaced
 * @param truncate texts that are cut
 */
public record RuleConfig(
    String name,
    Optional<Place> on,
    Optional<String> when,
    Map<String, JsonNode> set,
    Map<String, JsonNode> insert,
    List<String> remove,
    Map<String, String> rename,
    Optional<String> drop,
    Optional<String> keep,
    Optional<RedactConfig> redact,
    Optional<TruncateConfig> truncate) {

  private static final String ACTIONS =
      "one of set, insert, remove, rename; or drop, keep, redact or truncate alone";

  /** Whose attributes. */
  public enum Place {
    RESOURCE,
    SCOPE,
    /** A span, data point or log record. */
    ITEM
  }

  public RuleConfig {
    set = ordered(set);
    insert = ordered(insert);
    remove = List.copyOf(remove);
    rename = ordered(rename);
    if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new InvalidConfig("name", name, "1 to 63 lower-case letters, digits or '-'");
    }
    boolean edits = !(set.isEmpty() && insert.isEmpty() && remove.isEmpty() && rename.isEmpty());
    int kinds =
        (edits ? 1 : 0)
            + (drop.isPresent() ? 1 : 0)
            + (keep.isPresent() ? 1 : 0)
            + (redact.isPresent() ? 1 : 0)
            + (truncate.isPresent() ? 1 : 0);
    if (kinds != 1) {
      throw new InvalidConfig("", kinds == 0 ? "no action" : "several actions", ACTIONS);
    }
    if (when.isPresent() && !edits) {
      throw new InvalidConfig("when", when.get(), "set, insert, remove or rename with it");
    }
    if (on.isPresent() && (drop.isPresent() || keep.isPresent())) {
      throw new InvalidConfig("on", on.get().name(), "nothing: only items are dropped or kept");
    }
    set.forEach((key, value) -> requireScalar("set", key, value));
    insert.forEach((key, value) -> requireScalar("insert", key, value));
  }

  /** A rule that keeps an item if a condition holds. */
  public static RuleConfig keep(String name, String condition) {
    return new RuleConfig(
        name,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.of(condition),
        Optional.empty(),
        Optional.empty());
  }

  /** A rule that sets one attribute. */
  public static RuleConfig set(String name, Place on, String key, JsonNode value) {
    return new RuleConfig(
        name,
        Optional.of(on),
        Optional.empty(),
        Map.of(key, value),
        Map.of(),
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  private static void requireScalar(String action, String key, JsonNode value) {
    if (!value.isTextual() && !value.isNumber() && !value.isBoolean()) {
      throw new InvalidConfig(
          action + "." + key, value.getNodeType(), "a text, a number or a boolean");
    }
  }

  boolean changesAttributes() {
    return drop.isEmpty() && keep.isEmpty() && redact.isEmpty() && truncate.isEmpty();
  }

  String conditionKey() {
    return drop.isPresent() ? "drop" : keep.isPresent() ? "keep" : "when";
  }

  /** The one condition it has, or an empty text. */
  String condition() {
    return drop.or(() -> keep).or(() -> when).orElse("");
  }
}
