package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Converters of texts. Lengths and offsets count bytes of UTF-8, as in the Collector. */
final class Texts {

  private static final int REMEMBERED = 128;
  private static final int CASE_BIT = 0x20;
  private static final String NO_TEXT = "no text";
  private static final String NO_LENGTH = "the value has no length";
  private static final String BAD_RANGE = "no such part of the text";

  enum Case {
    LOWER('A', 'Z'),
    UPPER('a', 'z');

    private final char first;
    private final char last;

    Case(char first, char last) {
      this.first = first;
      this.last = last;
    }

    private byte[] apply(Value text) {
      byte[] mapped = Arrays.copyOfRange(text.bytes(), text.from(), text.to());
      for (int i = 0; i < mapped.length; i++) {
        if (mapped[i] < 0) {
          return beyondAscii(new String(mapped, UTF_8)).getBytes(UTF_8);
        }
        if (mapped[i] >= first && mapped[i] <= last) {
          mapped[i] = (byte) (mapped[i] ^ CASE_BIT);
        }
      }
      return mapped;
    }

    private String beyondAscii(String text) {
      return this == LOWER ? text.toLowerCase(Locale.ROOT) : text.toUpperCase(Locale.ROOT);
    }
  }

  private Texts() {}

  private static <S> void read(Expression<S> text, S source, Value into)
      throws CannotEvaluate, MalformedOtlp {
    text.read(source, into);
    if (!into.is(Value.Kind.STRING)) {
      throw new CannotEvaluate(NO_TEXT);
    }
  }

  /** Anything as a text; nil stays nil. */
  static <S> Expression<S> like(Expression<S> target) {
    return (source, into) -> {
      target.read(source, into);
      TextForm.apply(into);
    };
  }

  static <S> Expression<S> length(Expression<S> target) {
    return (source, into) -> {
      target.read(source, into);
      switch (into.kind()) {
        case STRING, BYTES -> into.setInt(into.length());
        case MAP, LIST -> into.setInt(AnyValues.size(into));
        case MESSAGES -> into.setInt(into.bits());
        default -> throw new CannotEvaluate(NO_LENGTH);
      }
    };
  }

  static <S> Expression<S> isMatch(Call<S> call) throws InvalidCondition {
    Expression<S> target = like(call.single(0));
    Value pattern = call.arguments().get(1).literal(Value.Kind.STRING);
    if (pattern == null) {
      throw call.invalid(1, "the pattern", "a text literal");
    }
    TextMatcher matcher;
    try {
      String expression = new String(pattern.bytes(), pattern.from(), pattern.length(), UTF_8);
      matcher = TextMatcher.of(List.of(expression), REMEMBERED);
    } catch (IllegalArgumentException e) {
      throw call.invalid(1, String.valueOf(e.getMessage()), "a regular expression of RE2");
    }
    return (source, into) -> {
      target.read(source, into);
      into.setBool(
          into.is(Value.Kind.STRING) && matcher.find(into.bytes(), into.from(), into.to()));
    };
  }

  static <S> Expression<S> hasPrefix(Call<S> call) throws InvalidCondition {
    Expression<S> target = call.single(0);
    Expression<S> prefix = call.single(1);
    Value part = new Value();
    return (source, into) -> {
      read(target, source, into);
      read(prefix, source, part);
      into.setBool(into.length() >= part.length() && partAt(into, into.from(), part));
    };
  }

  static <S> Expression<S> hasSuffix(Call<S> call) throws InvalidCondition {
    Expression<S> target = call.single(0);
    Expression<S> suffix = call.single(1);
    Value part = new Value();
    return (source, into) -> {
      read(target, source, into);
      read(suffix, source, part);
      into.setBool(into.length() >= part.length() && partAt(into, into.to() - part.length(), part));
    };
  }

  private static boolean partAt(Value text, int at, Value part) {
    return Arrays.equals(
        text.bytes(), at, at + part.length(), part.bytes(), part.from(), part.to());
  }

  static <S> Expression<S> index(Call<S> call) throws InvalidCondition {
    Expression<S> target = call.single(0);
    Expression<S> wanted = call.single(1);
    Value part = new Value();
    return (source, into) -> {
      read(target, source, into);
      read(wanted, source, part);
      int found = indexOf(into, into.from(), part);
      into.setInt(found < 0 ? -1 : found - into.from());
    };
  }

  private static int indexOf(Value text, int start, Value part) {
    for (int at = start; at <= text.to() - part.length(); at++) {
      if (partAt(text, at, part)) {
        return at;
      }
    }
    return -1;
  }

  static <S> Expression<S> mapped(Expression<S> target, Case mapping) {
    return (source, into) -> {
      read(target, source, into);
      byte[] mapped = mapping.apply(into);
      into.setString(mapped, 0, mapped.length);
    };
  }

  static <S> Expression<S> substring(Call<S> call) throws InvalidCondition {
    Expression<S> target = call.single(0);
    Expression<S> start = call.single(1);
    Expression<S> length = call.single(2);
    Value number = new Value();
    return (source, into) -> {
      start.read(source, number);
      long from = whole(number);
      length.read(source, number);
      long count = whole(number);
      read(target, source, into);
      if (from < 0 || count <= 0 || from > into.length() || count > into.length() - from) {
        throw new CannotEvaluate(BAD_RANGE);
      }
      int first = into.from() + (int) from;
      into.setString(into.bytes(), first, first + (int) count);
    };
  }

  private static long whole(Value number) throws CannotEvaluate {
    if (!number.is(Value.Kind.INT)) {
      throw new CannotEvaluate(BAD_RANGE);
    }
    return number.bits();
  }

  /** A nil among the parts is written as the Collector writes it. */
  static <S> Expression<S> concat(Call<S> call) throws InvalidCondition {
    List<Expression<S>> parts = call.arguments().get(0).list().stream().map(Texts::like).toList();
    Expression<S> delimiter = call.single(1);
    Value between = new Value();
    Buffer buffer = new Buffer();
    byte[] nil = "<nil>".getBytes(UTF_8);
    return (source, into) -> {
      read(delimiter, source, between);
      buffer.clear();
      for (int i = 0; i < parts.size(); i++) {
        if (i > 0) {
          buffer.append(between.bytes(), between.from(), between.to());
        }
        parts.get(i).read(source, into);
        if (into.is(Value.Kind.NIL)) {
          buffer.append(nil, 0, nil.length);
        } else {
          buffer.append(into.bytes(), into.from(), into.to());
        }
      }
      into.setString(buffer.bytes(), 0, buffer.length());
    };
  }

  /** An empty delimiter splits into characters. */
  static <S> Expression<S> split(Call<S> call) throws InvalidCondition {
    Expression<S> target = call.single(0);
    Expression<S> delimiter = call.single(1);
    Value between = new Value();
    Buffer list = new Buffer();
    return (source, into) -> {
      read(target, source, into);
      read(delimiter, source, between);
      list.clear();
      int start = into.from();
      int end = endOfPart(into, start, between);
      while (end >= 0) {
        list.appendElement(into.bytes(), start, end);
        start = end + between.length();
        end = endOfPart(into, start, between);
      }
      if (between.length() > 0) {
        list.appendElement(into.bytes(), start, into.to());
      }
      into.slice(Value.Kind.LIST, list.bytes(), 0, list.length());
    };
  }

  /** Negative if no delimiter follows. */
  private static int endOfPart(Value text, int start, Value delimiter) {
    if (delimiter.length() > 0) {
      return indexOf(text, start, delimiter);
    }
    if (start == text.to()) {
      return -1;
    }
    int end = start + 1;
    while (end < text.to() && (text.bytes()[end] & 0xc0) == 0x80) {
      end++;
    }
    return end;
  }
}
