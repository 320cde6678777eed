package io.millrace.condition;

import java.util.List;

/** The converters that a condition may call, by their names in OTTL. */
final class Converters<S> {

  private static final String SUPPORTED =
      "one of Bool, Concat, Double, Duration, HasPrefix, HasSuffix, Hour, Hours, Index, Int, "
          + "IsBool, IsDouble, IsInt, IsList, IsMap, IsMatch, IsRootSpan (of spans), IsString, "
          + "Len, Microseconds, Milliseconds, Minute, Minutes, Nanoseconds, Second, Seconds, "
          + "SpanID, Split, String, Substring, ToLowerCase, ToUpperCase, TraceID, UnixMicro, "
          + "UnixMilli, UnixNano, UnixSeconds, Weekday";

  private final Paths<S> paths;

  Converters(Paths<S> paths) {
    this.paths = paths;
  }

  /**
   * @throws InvalidCondition if there is no such converter or it takes other arguments
   */
  Expression<S> of(Token name, List<Argument<S>> arguments) throws InvalidCondition {
    Call<S> call = new Call<>(name, arguments);
    return switch (name.text()) {
      case "IsString" -> Types.is(call.only(), Value.Kind.STRING);
      case "IsInt" -> Types.is(call.only(), Value.Kind.INT);
      case "IsDouble" -> Types.is(call.only(), Value.Kind.DOUBLE);
      case "IsBool" -> Types.is(call.only(), Value.Kind.BOOL);
      case "IsMap" -> Types.is(call.only(), Value.Kind.MAP);
      case "IsList" -> Types.isList(call.only());
      case "Int" -> Types.toInt(call.only());
      case "Double" -> Types.toDouble(call.only());
      case "Bool" -> Types.toBool(call.only());
      case "String" -> Texts.like(call.only());
      case "TraceID" -> Ids.literal(call, Value.Kind.TRACE_ID);
      case "SpanID" -> Ids.literal(call, Value.Kind.SPAN_ID);
      case "Len" -> Texts.length(call.only());
      case "IsMatch" -> Texts.isMatch(call.takes(2));
      case "Concat" -> Texts.concat(call.takes(2));
      case "Substring" -> Texts.substring(call.takes(3));
      case "Split" -> Texts.split(call.takes(2));
      case "Index" -> Texts.index(call.takes(2));
      case "HasPrefix" -> Texts.hasPrefix(call.takes(2));
      case "HasSuffix" -> Texts.hasSuffix(call.takes(2));
      case "ToLowerCase" -> Texts.mapped(call.only(), Texts.Case.LOWER);
      case "ToUpperCase" -> Texts.mapped(call.only(), Texts.Case.UPPER);
      case "Duration" -> Times.duration(call);
      case "Nanoseconds" -> Times.whole(call.only(), Value.Kind.DURATION, nanos -> nanos);
      case "Microseconds" -> Times.whole(call.only(), Value.Kind.DURATION, nanos -> nanos / 1_000);
      case "Milliseconds" ->
          Times.whole(call.only(), Value.Kind.DURATION, nanos -> nanos / 1_000_000);
      case "Seconds" -> Times.decimal(call.only(), 1_000_000_000L);
      case "Minutes" -> Times.decimal(call.only(), 60_000_000_000L);
      case "Hours" -> Times.decimal(call.only(), 3_600_000_000_000L);
      case "Second" -> Times.whole(call.only(), Value.Kind.TIME, Times::second);
      case "Minute" -> Times.whole(call.only(), Value.Kind.TIME, Times::minute);
      case "Hour" -> Times.whole(call.only(), Value.Kind.TIME, Times::hour);
      case "Weekday" -> Times.whole(call.only(), Value.Kind.TIME, Times::weekday);
      case "UnixNano" -> Times.whole(call.only(), Value.Kind.TIME, nanos -> nanos);
      case "UnixMicro" -> Times.whole(call.only(), Value.Kind.TIME, Times::unixMicro);
      case "UnixMilli" -> Times.whole(call.only(), Value.Kind.TIME, Times::unixMilli);
      case "UnixSeconds" -> Times.whole(call.only(), Value.Kind.TIME, Times::unixSeconds);
      default -> ofContext(call);
    };
  }

  private Expression<S> ofContext(Call<S> call) throws InvalidCondition {
    Expression<S> converter = paths.converter(call.name().text());
    if (converter == null) {
      throw new InvalidCondition(call.name().position(), call.name().text(), SUPPORTED);
    }
    call.takes(0);
    return converter;
  }
}
