package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/** Converters of times (UTC) and durations. */
final class Times {

  private static final String NO_TIME = "no time or duration";
  private static final long SECOND = 1_000_000_000L;

  private Times() {}

  /** A literal is parsed once and refused at the start if it is none. */
  static <S> Expression<S> duration(Call<S> call) throws InvalidCondition {
    Expression<S> text = call.only();
    Value literal = call.arguments().get(0).literal(Value.Kind.STRING);
    if (literal != null) {
      OptionalLong nanos = parse(literal);
      if (nanos.isEmpty()) {
        throw call.invalid(0, '"' + text(literal) + '"', "a duration such as 1m30s or 100ms");
      }
      Value value = new Value();
      value.number(Value.Kind.DURATION, nanos.getAsLong());
      return new Literal<>(value);
    }
    return (source, into) -> {
      text.read(source, into);
      OptionalLong nanos = into.is(Value.Kind.STRING) ? parse(into) : OptionalLong.empty();
      if (nanos.isEmpty()) {
        throw new CannotEvaluate(NO_TIME);
      }
      into.number(Value.Kind.DURATION, nanos.getAsLong());
    };
  }

  private static OptionalLong parse(Value text) {
    return GoDuration.nanos(text(text));
  }

  private static String text(Value text) {
    return new String(text.bytes(), text.from(), text.length(), UTF_8);
  }

  /** A whole number made of the nanoseconds of a time or a duration. */
  static <S> Expression<S> whole(
      Expression<S> target, Value.Kind kind, LongUnaryOperator operator) {
    return (source, into) -> {
      target.read(source, into);
      if (!into.is(kind)) {
        throw new CannotEvaluate(NO_TIME);
      }
      into.setInt(operator.applyAsLong(into.bits()));
    };
  }

  /** A duration in some unit. */
  static <S> Expression<S> decimal(Expression<S> target, long unitNanos) {
    return (source, into) -> {
      target.read(source, into);
      if (!into.is(Value.Kind.DURATION)) {
        throw new CannotEvaluate(NO_TIME);
      }
      // whole units and the rest by themselves, as Go does, so that the same decimals come out
      long whole = into.bits() / unitNanos;
      long rest = into.bits() % unitNanos;
      into.setDouble(whole + rest / (double) unitNanos);
    };
  }

  static long second(long nanos) {
    return Math.floorMod(unixSeconds(nanos), 60L);
  }

  static long minute(long nanos) {
    return Math.floorMod(Math.floorDiv(unixSeconds(nanos), 60L), 60L);
  }

  static long hour(long nanos) {
    return Math.floorMod(Math.floorDiv(unixSeconds(nanos), 3600L), 24L);
  }

  /** Sunday is 0; the epoch was a Thursday. */
  static long weekday(long nanos) {
    return Math.floorMod(Math.floorDiv(unixSeconds(nanos), 86_400L) + 4, 7L);
  }

  static long unixSeconds(long nanos) {
    return Math.floorDiv(nanos, SECOND);
  }

  static long unixMilli(long nanos) {
    return Math.floorDiv(nanos, 1_000_000L);
  }

  static long unixMicro(long nanos) {
    return Math.floorDiv(nanos, 1_000L);
  }
}
