package io.millrace.processing;

import io.millrace.condition.InvalidCondition;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Signal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is done with items before they are delivered.
 *
 * @param rules applied in order, each to what the one before it left; default none, which costs
 *     nothing
 * @param deadLetters what dead letters hold of items that rules have changed; default processed
 */
public record ProcessingConfig(List<RuleConfig> rules, Letters deadLetters) {

  public static final ProcessingConfig DEFAULT = new ProcessingConfig(List.of(), Letters.PROCESSED);

  /** What stands in a dead letter. */
  public enum Letters {
    /** What was to be delivered. */
    PROCESSED,
    /** The same items as they were before, secrets included. */
    ORIGINAL
  }

  public ProcessingConfig {
    rules = List.copyOf(rules);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < rules.size(); i++) {
      String name = rules.get(i).name();
      if (!names.add(name)) {
        throw new InvalidConfig("rules[" + i + "].name", name, "a name of its own");
      }
    }
  }

  /**
   * @throws InvalidConfig if a condition asks for what the signal has not; the key is relative to
   *     this record
   */
  public void check(Signal signal) {
    for (int i = 0; i < rules.size(); i++) {
      try {
        Rule.compile(rules.get(i), signal);
      } catch (InvalidCondition e) {
        RuleConfig rule = rules.get(i);
        throw new InvalidConfig(
            "rules[%d].%s".formatted(i, rule.conditionKey()),
            "%s at character %d of %s".formatted(e.found(), e.position() + 1, rule.condition()),
            e.expected());
      }
    }
  }
}
