package io.millrace.condition;

import io.millrace.otlp.MalformedOtlp;

/**
 * Something that has a value: a path, a literal, arithmetic, a converter.
 *
 * @param <S> what values are read from, such as a span
 */
@FunctionalInterface
public interface Expression<S> {

  /** Leaves the value in {@code into}. What a slice in it points to holds until the next call. */
  void read(S source, Value into) throws CannotEvaluate, MalformedOtlp;
}
