package io.millrace.condition;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What paths and constants mean in one context, such as a span.
 *
 * @param <S> what values are read from
 */
public interface Paths<S> {

  /** Null if there is no such path here. */
  @Nullable Expression<S> resolve(Path path);

  /** The number of a constant such as {@code STATUS_CODE_ERROR}. */
  OptionalLong constant(String name);

  /**
   * A converter that only this context has, such as {@code IsRootSpan()}; null if there is none.
   */
  default @Nullable Expression<S> converter(String name) {
    return null;
  }

  /** What the context calls itself in errors: {@code span}. */
  String name();
}
