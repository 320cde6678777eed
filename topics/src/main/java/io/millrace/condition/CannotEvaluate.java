package io.millrace.condition;

/**
 * A condition met values it has no answer for, such as a text where a number is added. It has no
 * stack trace: bad attributes may make it happen for every span.
 */
public final class CannotEvaluate extends Exception {

  private static final long serialVersionUID = 1L;

  public CannotEvaluate(String reason) {
    super(reason, null, false, false);
  }
}
