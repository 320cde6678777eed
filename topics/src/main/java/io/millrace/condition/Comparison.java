package io.millrace.condition;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;

/**
 * How two values are compared, by OTTL's rules: values of different types are unequal and neither
 * less nor greater, but whole and decimal numbers compare as decimals; nil equals only nil; false
 * is less than true; texts and bytes compare byte by byte; maps and lists only for equality.
 */
enum Comparison {
  EQUAL("=="),
  NOT_EQUAL("!="),
  LESS("<"),
  AT_MOST("<="),
  GREATER(">"),
  AT_LEAST(">=");

  private final String sign;

  Comparison(String sign) {
    this.sign = sign;
  }

  static Comparison of(String sign) {
    for (Comparison comparison : values()) {
      if (comparison.sign.equals(sign)) {
        return comparison;
      }
    }
    throw new IllegalArgumentException(sign);
  }

  boolean holds(Value a, Value b) throws MalformedOtlp {
    if (a.isNumber() && b.isNumber() && a.kind() != b.kind()) {
      return decimals(a.number(), b.number());
    }
    if (a.kind() != b.kind()) {
      return this == NOT_EQUAL;
    }
    return switch (a.kind()) {
      case NIL -> ordered(0);
      case BOOL, TIME, DURATION, INT -> ordered(Long.compare(a.bits(), b.bits()));
      case STRING, BYTES ->
          ordered(Arrays.compareUnsigned(a.bytes(), a.from(), a.to(), b.bytes(), b.from(), b.to()));
      case DOUBLE -> decimals(a.number(), b.number());
      case TRACE_ID, SPAN_ID ->
          only(Arrays.equals(a.bytes(), a.from(), a.to(), b.bytes(), b.from(), b.to()));
      case MAP, LIST -> only(AnyValues.equal(a, b));
      case MESSAGES -> this == NOT_EQUAL;
    };
  }

  private boolean ordered(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case AT_MOST -> order <= 0;
      case GREATER -> order > 0;
      case AT_LEAST -> order >= 0;
    };
  }

  /** Not by {@link Double#compare}: nothing is equal to, below or above what is not a number. */
  private boolean decimals(double a, double b) {
    return switch (this) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case AT_MOST -> a <= b;
      case GREATER -> a > b;
      case AT_LEAST -> a >= b;
    };
  }

  private boolean only(boolean equal) {
    return switch (this) {
      case EQUAL -> equal;
      case NOT_EQUAL -> !equal;
      case LESS, AT_MOST, GREATER, AT_LEAST -> false;
    };
  }
}
