package io.millrace.condition;

import io.millrace.otlp.MalformedOtlp;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions of which one has to hold. Keeps registers: one thread at a time.
 *
 * @param <S> what values are read from
 */
public final class Conditions<S> {

  private final List<Truth<S>> tests;
  private final ErrorMode errorMode;
  private long errors;

  private Conditions(List<Truth<S>> tests, ErrorMode errorMode) {
    this.tests = tests;
    this.errorMode = errorMode;
  }

  /** One condition, by itself. */
  public static <S> Conditions<S> parse(String text, Paths<S> paths, ErrorMode errorMode)
      throws InvalidCondition {
    return new Conditions<>(List.of(ConditionParser.parse(text, paths)), errorMode);
  }

  /** Any of the conditions; they are tried in order and share an error mode. */
  public static <S> Conditions<S> anyOf(List<Conditions<S>> conditions, ErrorMode errorMode) {
    List<Truth<S>> tests = new ArrayList<>();
    conditions.forEach(condition -> tests.addAll(condition.tests));
    return new Conditions<>(List.copyOf(tests), errorMode);
  }

  /**
   * @throws CannotEvaluate only in error mode {@code propagate}
   */
  public boolean hold(S source) throws CannotEvaluate, MalformedOtlp {
    for (int i = 0; i < tests.size(); i++) {
      try {
        if (tests.get(i).holds(source)) {
          return true;
        }
      } catch (CannotEvaluate e) {
        if (errorMode == ErrorMode.PROPAGATE) {
          throw e;
        }
        errors += errorMode == ErrorMode.IGNORE ? 1 : 0;
      }
    }
    return false;
  }

  /** How often a condition could not be evaluated and the error was ignored. */
  public long errors() {
    return errors;
  }
}
