package io.millrace.condition;

import io.millrace.otlp.MalformedOtlp;
import java.util.List;

/**
 * A part of a condition that is true or false. {@code and} and {@code or} stop at the first that
 * decides.
 */
@FunctionalInterface
interface Truth<S> {

  boolean holds(S source) throws CannotEvaluate, MalformedOtlp;

  static <S> Truth<S> constant(boolean value) {
    return source -> value;
  }

  static <S> Truth<S> not(Truth<S> test) {
    return source -> !test.holds(source);
  }

  static <S> Truth<S> all(List<Truth<S>> tests) {
    if (tests.size() == 1) {
      return tests.get(0);
    }
    return source -> {
      for (int i = 0; i < tests.size(); i++) {
        if (!tests.get(i).holds(source)) {
          return false;
        }
      }
      return true;
    };
  }

  static <S> Truth<S> any(List<Truth<S>> tests) {
    if (tests.size() == 1) {
      return tests.get(0);
    }
    return source -> {
      for (int i = 0; i < tests.size(); i++) {
        if (tests.get(i).holds(source)) {
          return true;
        }
      }
      return false;
    };
  }

  static <S> Truth<S> comparison(Expression<S> left, Comparison how, Expression<S> right) {
    Value a = new Value();
    if (right instanceof Literal<S> literal) {
      return source -> {
        left.read(source, a);
        return how.holds(a, literal.value());
      };
    }
    Value b = new Value();
    return source -> {
      left.read(source, a);
      right.read(source, b);
      return how.holds(a, b);
    };
  }

  /** A converter that stands alone. */
  static <S> Truth<S> of(Expression<S> converter, String name) {
    Value value = new Value();
    String noBool = name + " gave no boolean";
    return source -> {
      converter.read(source, value);
      if (!value.is(Value.Kind.BOOL)) {
        throw new CannotEvaluate(noBool);
      }
      return value.bool();
    };
  }
}
