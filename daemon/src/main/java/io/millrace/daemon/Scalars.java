package io.millrace.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads single values. Every refusal says what was found and what is expected. */
final class Scalars {

  private static final Pattern SIZE = Pattern.compile("(\\d+)([KMGT])iB");
  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,40}");

  private Scalars() {}

  /**
   * Reads {@code node} as a {@code type}. An int or long whose key ends in {@code bytes} or {@code
   * bytes-per-second} may also be written as a size, {@code 16MiB}.
   */
  static Object read(Class<?> type, JsonNode node, String path) {
    if (type.isEnum()) {
      return constant(type, text(node, path, constants(type)), path);
    }
    return switch (type.getName()) {
      case "java.lang.String" -> text(node, path, "text");
      case "io.millrace.daemon.Secret" -> new Secret(text(node, path, "text"));
      case "boolean", "java.lang.Boolean" -> bool(node, path);
      case "int", "java.lang.Integer" ->
          (int) whole(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "long", "java.lang.Long" -> whole(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
      case "double", "java.lang.Double" -> number(node, path);
      case "java.time.Duration" -> duration(node, path);
      case "java.net.URI" -> uri(node, path);
      case "java.nio.file.Path" -> path(node, path);
      default -> throw new IllegalArgumentException(path + ": no configuration type: " + type);
    };
  }

  /** What stands at a key, without its value: in the wrong place it may be a secret. */
  static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "a mapping";
      case ARRAY -> "a list";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case STRING -> "a text";
      default -> "nothing";
    };
  }

  private static String text(JsonNode node, String path, String expected) {
    if (!node.isValueNode() || node.isNull()) {
      throw new InvalidConfig(path, kind(node), expected);
    }
    return node.asText();
  }

  private static boolean bool(JsonNode node, String path) {
    String text = text(node, path, "true or false");
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refuse(path, text, "true or false");
    };
  }

  private static long whole(JsonNode node, String path, long least, long most) {
    boolean bytes = path.endsWith("bytes") || path.endsWith("bytes-per-second");
    String expected = bytes ? "bytes such as 65536, 64KiB or 16MiB" : "a whole number";
    String text = text(node, path, expected);
    BigInteger value;
    Matcher size = SIZE.matcher(text);
    if (bytes && size.matches()) {
      value = new BigInteger(size.group(1)).shiftLeft(10 * (1 + "KMGT".indexOf(size.group(2))));
    } else if (WHOLE.matcher(text).matches()) {
      value = new BigInteger(text);
    } else {
      throw refuse(path, text, expected);
    }
    if (value.compareTo(BigInteger.valueOf(least)) < 0
        || value.compareTo(BigInteger.valueOf(most)) > 0) {
      throw refuse(path, text, "a whole number from %d to %d".formatted(least, most));
    }
    return value.longValue();
  }

  private static double number(JsonNode node, String path) {
    String text = text(node, path, "a number");
    if (!Yaml.plain(text).isNumber()) {
      throw refuse(path, text, "a number");
    }
    return Double.parseDouble(text);
  }

  private static Duration duration(JsonNode node, String path) {
    String expected = "a duration such as 10s, 200ms or 1h30m";
    String text = text(node, path, expected);
    return Durations.parse(text).orElseThrow(() -> refuse(path, text, expected));
  }

  private static URI uri(JsonNode node, String path) {
    String expected = "a URL such as http://localhost:4318";
    String text = text(node, path, expected);
    try {
      URI uri = new URI(text);
      if (uri.isAbsolute()) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // The JDK's message repeats the text, credentials included.
      throw new InvalidConfig(path, "unreadable", expected);
    }
    throw refuse(path, text, expected);
  }

  private static Path path(JsonNode node, String path) {
    String text = text(node, path, "a file path");
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw refuse(path, text, "a file path");
    }
  }

  private static Object constant(Class<?> type, String text, String path) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> KeyPath.ofConstant((Enum<?>) constant).equals(text))
        .findFirst()
        .orElseThrow(() -> refuse(path, text, constants(type)));
  }

  private static String constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> KeyPath.ofConstant((Enum<?>) constant))
        .collect(Collectors.joining(", ", "one of ", ""));
  }

  private static InvalidConfig refuse(String path, String text, String expected) {
    return new InvalidConfig(path, text.isBlank() ? "\"" + text + "\"" : text, expected);
  }
}
