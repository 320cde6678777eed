package io.millrace.condition;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.regex.Pattern;

/** Converters that ask for a type or change it. */
final class Types {

  private static final String NO_NUMBER = "no number can be made of it";
  private static final String NO_BOOL = "no boolean can be made of it";
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  private static final Pattern INFINITE = Pattern.compile("[-+]?inf(inity)?");
  private static final int LONGEST_NUMBER = 400;

  private Types() {}

  static <S> Expression<S> is(Expression<S> target, Value.Kind kind) {
    return (source, into) -> {
      target.read(source, into);
      into.setBool(into.is(kind));
    };
  }

  static <S> Expression<S> isList(Expression<S> target) {
    return (source, into) -> {
      target.read(source, into);
      into.setBool(into.is(Value.Kind.LIST) || into.is(Value.Kind.MESSAGES));
    };
  }

  /** A text that is no whole number gives nil. */
  static <S> Expression<S> toInt(Expression<S> target) {
    return (source, into) -> {
      target.read(source, into);
      switch (into.kind()) {
        case NIL, INT -> {}
        case DOUBLE -> into.setInt(truncated(into.number()));
        case BOOL -> into.setInt(into.bits());
        case STRING -> parseInt(into);
        default -> throw new CannotEvaluate(NO_NUMBER);
      }
    };
  }

  /** What fits no 64 bits becomes the least number, as on the processors that Collectors run on. */
  private static long truncated(double value) {
    return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
  }

  private static void parseInt(Value text) {
    byte[] bytes = text.bytes();
    int at = text.from();
    boolean negative = text.length() > 0 && bytes[at] == '-';
    at += text.length() > 0 && (negative || bytes[at] == '+') ? 1 : 0;
    boolean valid = at < text.to();
    long value = 0; // negative, because that side reaches further
    for (; at < text.to() && valid; at++) {
      int digit = bytes[at] - '0';
      valid = digit >= 0 && digit <= 9 && value >= (Long.MIN_VALUE + digit) / 10;
      value = value * 10 - digit;
    }
    if (valid && (negative || value != Long.MIN_VALUE)) {
      text.setInt(negative ? value : -value);
    } else {
      text.setNil();
    }
  }

  static <S> Expression<S> toDouble(Expression<S> target) {
    return (source, into) -> {
      target.read(source, into);
      switch (into.kind()) {
        case NIL, DOUBLE -> {}
        case INT -> into.setDouble(into.number());
        case BOOL -> into.setDouble(into.bool() ? 1 : 0);
        case STRING -> into.setDouble(parseDouble(into));
        default -> throw new CannotEvaluate(NO_NUMBER);
      }
    };
  }

  private static double parseDouble(Value text) throws CannotEvaluate {
    if (text.length() > LONGEST_NUMBER) {
      throw new CannotEvaluate(NO_NUMBER);
    }
    String number = latin(text);
    if (DECIMAL.matcher(number).matches()) {
      double parsed = Double.parseDouble(number);
      if (Double.isInfinite(parsed)) {
        throw new CannotEvaluate(NO_NUMBER);
      }
      return parsed;
    }
    String word = number.toLowerCase(Locale.ROOT);
    if (INFINITE.matcher(word).matches()) {
      return word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (word.equals("nan")) {
      return Double.NaN;
    }
    throw new CannotEvaluate(NO_NUMBER);
  }

  static <S> Expression<S> toBool(Expression<S> target) {
    return (source, into) -> {
      target.read(source, into);
      switch (into.kind()) {
        case NIL, BOOL -> {}
        case INT -> into.setBool(into.bits() != 0);
        case DOUBLE -> into.setBool(into.number() != 0);
        case STRING -> into.setBool(parseBool(into));
        default -> throw new CannotEvaluate(NO_BOOL);
      }
    };
  }

  private static boolean parseBool(Value text) throws CannotEvaluate {
    if (text.length() > 5) {
      throw new CannotEvaluate(NO_BOOL);
    }
    return switch (latin(text)) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      case "0", "f", "F", "FALSE", "false", "False" -> false;
      default -> throw new CannotEvaluate(NO_BOOL);
    };
  }

  private static String latin(Value text) {
    return new String(text.bytes(), text.from(), text.length(), ISO_8859_1);
  }
}
