package io.millrace.processing;

import io.millrace.condition.CannotEvaluate;
import io.millrace.condition.Conditions;
import io.millrace.condition.ErrorMode;
import io.millrace.condition.InvalidCondition;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import org.jspecify.annotations.Nullable;

/** The condition of a rule. What it cannot be evaluated for, the rule leaves alone. */
final class Condition {

  private final @Nullable Conditions<Observed> conditions;
  private long errors;

  private Condition(@Nullable Conditions<Observed> conditions) {
    this.conditions = conditions;
  }

  static Condition compile(RuleConfig config, Signal signal) throws InvalidCondition {
    String text = config.condition();
    if (text.isEmpty()) {
      return new Condition(null);
    }
    RuleConfig.Place place = config.on().orElse(RuleConfig.Place.ITEM);
    return new Condition(Conditions.parse(text, new ItemPaths(signal, place), ErrorMode.PROPAGATE));
  }

  /**
   * @param otherwise what counts where it cannot be evaluated
   */
  boolean holds(Observed observed, boolean otherwise) throws MalformedOtlp {
    if (conditions == null) {
      return true;
    }
    try {
      return conditions.hold(observed);
    } catch (CannotEvaluate e) {
      errors++;
      return otherwise;
    }
  }

  long errors() {
    return errors;
  }
}
