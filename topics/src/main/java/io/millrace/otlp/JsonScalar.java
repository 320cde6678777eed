package io.millrace.otlp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;

/** The value a JSON parser stands at, as the bits protobuf writes for it. */
final class JsonScalar {

  /** More than any number needs, and what keeps exact arithmetic cheap. */
  private static final int MAX_INTEGER_CHARS = 64;

  private static final BigInteger INT32_MIN = BigInteger.valueOf(Integer.MIN_VALUE);
  private static final BigInteger INT32_MAX = BigInteger.valueOf(Integer.MAX_VALUE);
  private static final BigInteger UINT32_MAX = BigInteger.valueOf(0xffffffffL);
  private static final BigInteger INT64_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger INT64_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger UINT64_MAX =
      BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);

  private final JsonParser parser;

  JsonScalar(JsonParser parser) {
    this.parser = parser;
  }

  /** Of a number, a boolean or an enum. Doubles are given as their bits. */
  long read(FieldDescriptor field) throws IOException, MalformedOtlp {
    return switch (field.getType()) {
      case BOOL -> readBoolean();
      case DOUBLE -> Double.doubleToRawLongBits(readDouble());
      case ENUM -> readEnum(field);
      case INT32, SINT32, SFIXED32 -> readInteger("a 32-bit integer", INT32_MIN, INT32_MAX);
      case UINT32, FIXED32 ->
          readInteger("an unsigned 32-bit integer", BigInteger.ZERO, UINT32_MAX);
      case INT64, SINT64, SFIXED64 -> readInteger("a 64-bit integer", INT64_MIN, INT64_MAX);
      case UINT64, FIXED64 ->
          readInteger("an unsigned 64-bit integer", BigInteger.ZERO, UINT64_MAX);
      case STRING, BYTES, MESSAGE, GROUP, FLOAT ->
          throw new IllegalStateException(field.getType() + " is no OTLP scalar");
    };
  }

  private long readBoolean() throws MalformedOtlp {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> 1;
      case VALUE_FALSE -> 0;
      default -> throw wrong("a boolean");
    };
  }

  private long readEnum(FieldDescriptor field) throws IOException, MalformedOtlp {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      return readInteger("a number or name of " + name(field), INT32_MIN, INT32_MAX);
    }
    EnumValueDescriptor value = field.getEnumType().findValueByName(parser.getText());
    if (value == null) {
      throw JsonPath.found(parser, "an unknown name", "a number or name of " + name(field));
    }
    return value.getNumber();
  }

  private static String name(FieldDescriptor field) {
    return field.getEnumType().getName();
  }

  private long readInteger(String expected, BigInteger min, BigInteger max)
      throws IOException, MalformedOtlp {
    String text = numberText(expected);
    if (isShortNumber(text)) {
      long value = Long.parseLong(text);
      if (max.bitLength() >= 63 || value <= max.longValue()) {
        return value;
      }
    }
    BigInteger value = exactInteger(text, expected);
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw JsonPath.found(parser, "an integer out of range", expected);
    }
    return value.longValue();
  }

  /** Not negative and below 9 * 10^18: nearly all there are. */
  private static boolean isShortNumber(String text) {
    int length = text.length();
    if (length == 0 || length > 19 || (length == 19 && text.charAt(0) == '9')) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private BigInteger exactInteger(String text, String expected) throws MalformedOtlp {
    if (text.length() <= MAX_INTEGER_CHARS) {
      try {
        BigDecimal value = new BigDecimal(text); // 1e3 and 5.0 are integers in protobuf's JSON
        if (Math.abs((long) value.scale()) <= MAX_INTEGER_CHARS) {
          return value.toBigIntegerExact();
        }
      } catch (ArithmeticException e) {
        throw JsonPath.found(parser, "a fraction", expected);
      } catch (NumberFormatException e) {
        throw JsonPath.found(parser, "a string that is no number", expected);
      }
    }
    throw JsonPath.found(parser, "a number out of range", expected);
  }

  private double readDouble() throws IOException, MalformedOtlp {
    String text = numberText("a number");
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> decimal(text);
    };
  }

  private double decimal(String text) throws MalformedOtlp {
    try {
      double value = isDecimal(text) ? Double.parseDouble(text) : Double.NaN;
      if (Double.isFinite(value)) {
        return value;
      }
      throw JsonPath.found(
          parser,
          Double.isNaN(value) ? "a string that is no number" : "a number out of range",
          "a number");
    } catch (NumberFormatException e) {
      throw JsonPath.found(parser, "a string that is no number", "a number");
    }
  }

  /** Java would also take spaces, hexadecimal and a trailing d. */
  private static boolean isDecimal(String text) {
    return text.chars().allMatch(next -> "0123456789+-.eE".indexOf(next) >= 0);
  }

  private String numberText(String expected) throws IOException, MalformedOtlp {
    return switch (parser.currentToken()) {
      case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getText();
      default -> throw wrong(expected);
    };
  }

  byte[] readHex() throws IOException, MalformedOtlp {
    try {
      return HexFormat.of().parseHex(parser.getText());
    } catch (IllegalArgumentException e) {
      throw JsonPath.found(parser, "a string that is not", "pairs of hex digits");
    }
  }

  /** Both alphabets, padded or not. */
  byte[] readBase64() throws IOException, MalformedOtlp {
    try {
      return Base64.getDecoder().decode(parser.getText().replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      throw JsonPath.found(parser, "a string that is not", "base64");
    }
  }

  private MalformedOtlp wrong(String expected) {
    return JsonPath.found(parser, JsonPath.name(parser.currentToken()), expected);
  }
}
