package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Values as texts: numbers, maps and lists as the Collector's JSON encoder writes them, bytes in
 * hex.
 */
final class TextForm {

  private static final String NO_TEXT = "no text can be made of it";
  private static final byte[] TRUE = "true".getBytes(UTF_8);
  private static final byte[] FALSE = "false".getBytes(UTF_8);

  private TextForm() {}

  static void apply(Value value) throws CannotEvaluate, MalformedOtlp {
    switch (value.kind()) {
      case NIL, STRING -> {}
      case BOOL -> set(value, value.bool() ? TRUE : FALSE);
      case INT, DURATION -> set(value, Long.toString(value.bits()).getBytes(UTF_8));
      case DOUBLE -> set(value, decimal(value.number()).getBytes(UTF_8));
      case BYTES -> set(value, hex(value));
      case MAP, LIST -> set(value, JsonForm.of(value).getBytes(UTF_8));
      case TIME, TRACE_ID, SPAN_ID, MESSAGES -> throw new CannotEvaluate(NO_TEXT);
    }
  }

  private static byte[] hex(Value value) {
    byte[] raw = Arrays.copyOfRange(value.bytes(), value.from(), value.to());
    return HexFormat.of().formatHex(raw).getBytes(UTF_8);
  }

  private static void set(Value value, byte[] text) {
    value.setString(text, 0, text.length);
  }

  /** The fewest digits that read back as the same number; an exponent only outside 1e-6 to 1e21. */
  static String decimal(double value) throws CannotEvaluate {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new CannotEvaluate(NO_TEXT);
    }
    if (value == 0) {
      return Double.doubleToRawLongBits(value) == 0 ? "0" : "-0";
    }
    BigDecimal shortest = shortest(value);
    double size = Math.abs(value);
    if (size >= 1e-6 && size < 1e21) {
      return shortest.toPlainString();
    }
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** {@link Double#toString} of older JDKs does not always find the shortest form. */
  static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17)).stripTrailingZeros();
  }
}
