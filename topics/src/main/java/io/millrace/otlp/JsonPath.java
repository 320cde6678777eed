package io.millrace.otlp;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Says where in a JSON request something is wrong, never what the payload is. */
final class JsonPath {

  private JsonPath() {}

  /** The value the parser stands at is not what it should be. */
  static MalformedOtlp found(JsonParser parser, String found, String expected) {
    return new MalformedOtlp(
        "malformed OTLP/JSON at %s: found %s (expected: %s)"
            .formatted(path(parser.getParsingContext()), found, expected));
  }

  static MalformedOtlp notJson(JsonParser parser, IOException cause) {
    JsonLocation at = parser.currentLocation();
    String found =
        cause instanceof JsonEOFException
            ? "ends within a value"
            : cause instanceof StreamConstraintsException
                ? "nested too deep, or a name or number too long"
                : "not JSON";
    return new MalformedOtlp(
        "malformed OTLP/JSON at line %d, column %d: %s"
            .formatted(at.getLineNr(), at.getColumnNr(), found));
  }

  static String name(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      default -> token.asString() == null ? token.name() : "'" + token.asString() + "'";
    };
  }

  private static String path(JsonStreamContext innermost) {
    StringBuilder path = new StringBuilder();
    // An object or array that has just begun is itself the value in question.
    JsonStreamContext at =
        innermost.hasCurrentIndex() || innermost.hasCurrentName()
            ? innermost
            : innermost.getParent();
    for (; at != null && !at.inRoot(); at = at.getParent()) {
      path.insert(0, at.inArray() ? "[" + at.getCurrentIndex() + "]" : "." + at.getCurrentName());
    }
    return path.insert(0, '$').toString();
  }
}
