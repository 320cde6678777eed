package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;
import java.util.Base64;

/** Texts of attribute values and numbers, as the Collector and Prometheus write them. */
public final class AttributeText {

  private AttributeText() {}

  /** An AnyValue's text: maps and lists as JSON, bytes in base64, an empty value as nothing. */
  public static String of(Value value) throws MalformedOtlp {
    return switch (value.kind()) {
      case NIL, TIME, DURATION, TRACE_ID, SPAN_ID, MESSAGES -> "";
      case STRING -> new String(value.bytes(), value.from(), value.length(), UTF_8);
      case BOOL -> Boolean.toString(value.bool());
      case INT -> Long.toString(value.bits());
      case DOUBLE -> number(value.number());
      case BYTES ->
          Base64.getEncoder()
              .encodeToString(Arrays.copyOfRange(value.bytes(), value.from(), value.to()));
      case MAP, LIST -> json(value);
    };
  }

  /** The fewest digits that read back as the same number, never with an exponent. */
  public static String plain(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Double.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
    }
    if (number == 0) {
      return Double.doubleToRawLongBits(number) == 0 ? "0" : "-0";
    }
    return TextForm.shortest(number).toPlainString();
  }

  private static String number(double number) {
    try {
      // Go's JSON encoder writes e-7 where its formatter writes e-07.
      return TextForm.decimal(number).replace("e-0", "e-");
    } catch (CannotEvaluate e) {
      return plain(number);
    }
  }

  private static String json(Value value) throws MalformedOtlp {
    try {
      return JsonForm.of(value);
    } catch (CannotEvaluate e) {
      return ""; // JSON has no such number, or the map is nested beyond all reason
    }
  }
}
