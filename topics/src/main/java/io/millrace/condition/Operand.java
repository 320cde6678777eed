package io.millrace.condition;

import org.jspecify.annotations.Nullable;

/**
 * What the parser has read: an expression, a truth, or what can be both (a boolean literal, a
 * converter).
 *
 * @param position offset of its first character
 */
record Operand<S>(@Nullable Expression<S> expression, @Nullable Truth<S> truth, int position) {

  Expression<S> asExpression() throws InvalidCondition {
    if (expression == null) {
      throw new InvalidCondition(position, "a condition", "a value");
    }
    return expression;
  }

  Truth<S> asTruth() throws InvalidCondition {
    if (truth == null) {
      throw new InvalidCondition(position, "a value", "a condition such as a comparison");
    }
    return truth;
  }
}
