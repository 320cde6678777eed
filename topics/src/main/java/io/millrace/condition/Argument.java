package io.millrace.condition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a converter is given at one place.
 *
 * @param elements one expression, or those of a list literal
 */
record Argument<S>(int position, List<Expression<S>> elements, boolean isList) {

  Expression<S> single() throws InvalidCondition {
    if (isList) {
      throw new InvalidCondition(position, "a list", "a single value");
    }
    return elements.get(0);
  }

  List<Expression<S>> list() throws InvalidCondition {
    if (!isList) {
      throw new InvalidCondition(position, "a single value", "a list, [..., ...]");
    }
    return elements;
  }

  /** The value, if it is a literal of that kind. */
  @Nullable Value literal(Value.Kind kind) {
    boolean is =
        !isList && elements.get(0) instanceof Literal<S> literal && literal.value().is(kind);
    return is ? ((Literal<S>) elements.get(0)).value() : null;
  }
}
