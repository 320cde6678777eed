package io.millrace.processing;

import io.millrace.condition.InvalidCondition;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import io.millrace.otlp.WireWriter;

/** What a rule does with the messages that {@link Rewrite} comes past. One thread at a time. */
interface Rule {

  static Rule compile(RuleConfig config, Signal signal) throws InvalidCondition {
    if (config.drop().isPresent() || config.keep().isPresent()) {
      return new DropRule(Condition.compile(config, signal), config.keep().isPresent());
    }
    if (config.redact().isPresent()) {
      return new TextRule(config.on(), new Redaction(config.redact().get()));
    }
    if (config.truncate().isPresent()) {
      return new TextRule(config.on(), new Truncation(config.truncate().get()));
    }
    return new AttributeRule(config, Condition.compile(config, signal));
  }

  /** Is what the rule looks for in such a message, or further down? */
  boolean goesInto(Shape.Role role);

  default boolean mayDrop() {
    return false;
  }

  /** Is the item that is being looked at not to be delivered? */
  default boolean drops(Observed observed) throws MalformedOtlp {
    return false;
  }

  /** Writes a message that has attributes; nothing if it is not one of those it is to change. */
  default Outcome attributes(Shape shape, Observed observed, int from, int to, WireWriter out)
      throws MalformedOtlp {
    return Outcome.NOT_MINE;
  }

  /**
   * Writes the text of an AnyValue in place of the slice.
   *
   * @return false if it stays as it is, and nothing was written
   */
  default boolean text(byte[] bytes, int from, int to, WireWriter out) {
    return false;
  }

  /** As {@link #text}, of a whole number; what is written becomes a text. */
  default boolean number(long value, WireWriter out) {
    return false;
  }

  /** Times a condition could not be evaluated, or texts were changed. */
  default long count() {
    return 0;
  }

  /** What became of a message that has attributes. */
  enum Outcome {
    NOT_MINE,
    UNCHANGED,
    CHANGED
  }
}
