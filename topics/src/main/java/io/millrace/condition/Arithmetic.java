package io.millrace.condition;

/**
 * The four operations. Two whole numbers give a whole one; times and durations can be added and
 * subtracted where that means something.
 */
enum Arithmetic {
  ADD("+"),
  SUBTRACT("-"),
  MULTIPLY("*"),
  DIVIDE("/");

  private static final String NO_NUMBER = "arithmetic on what is no number, time or duration";
  private static final String BY_ZERO = "division by zero";

  private final String sign;

  Arithmetic(String sign) {
    this.sign = sign;
  }

  static Arithmetic of(String sign) {
    for (Arithmetic arithmetic : values()) {
      if (arithmetic.sign.equals(sign)) {
        return arithmetic;
      }
    }
    throw new IllegalArgumentException(sign);
  }

  <S> Expression<S> expression(Expression<S> left, Expression<S> right) {
    Value a = new Value();
    Value b = new Value();
    return (source, into) -> {
      left.read(source, a);
      right.read(source, b);
      apply(a, b, into);
    };
  }

  static <S> Expression<S> negated(Expression<S> operand) {
    return (source, into) -> {
      operand.read(source, into);
      if (into.is(Value.Kind.INT)) {
        into.setInt(-into.bits());
      } else if (into.is(Value.Kind.DOUBLE)) {
        into.setDouble(-into.number());
      } else {
        throw new CannotEvaluate(NO_NUMBER);
      }
    };
  }

  private void apply(Value a, Value b, Value into) throws CannotEvaluate {
    if (a.is(Value.Kind.INT) && b.is(Value.Kind.INT)) {
      into.setInt(whole(a.bits(), b.bits()));
    } else if (a.isNumber() && b.isNumber()) {
      into.setDouble(decimal(a.number(), b.number()));
    } else {
      into.number(ofTimes(a.kind(), b.kind()), whole(a.bits(), b.bits()));
    }
  }

  private long whole(long a, long b) throws CannotEvaluate {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> {
        if (b == 0) {
          throw new CannotEvaluate(BY_ZERO);
        }
        yield a / b;
      }
    };
  }

  private double decimal(double a, double b) throws CannotEvaluate {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> {
        if (b == 0) {
          throw new CannotEvaluate(BY_ZERO);
        }
        yield a / b;
      }
    };
  }

  private Value.Kind ofTimes(Value.Kind a, Value.Kind b) throws CannotEvaluate {
    boolean durations = a == Value.Kind.DURATION && b == Value.Kind.DURATION;
    boolean times = a == Value.Kind.TIME && b == Value.Kind.TIME;
    boolean timeFirst = a == Value.Kind.TIME && b == Value.Kind.DURATION;
    boolean timeLast = a == Value.Kind.DURATION && b == Value.Kind.TIME;
    if ((this == ADD && durations) || (this == SUBTRACT && (durations || times))) {
      return Value.Kind.DURATION;
    }
    if ((timeFirst && (this == ADD || this == SUBTRACT)) || (timeLast && this == ADD)) {
      return Value.Kind.TIME;
    }
    throw new CannotEvaluate(NO_NUMBER);
  }
}
