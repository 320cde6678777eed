package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * Maps and lists as Go's JSON encoder writes them: keys in order, bytes in base64, HTML escaped.
 */
final class JsonForm {

  private static final String TOO_DEEP = "maps nested too deeply";
  private static final int MAX_DEPTH = 100;

  private final StringBuilder json = new StringBuilder();

  private JsonForm() {}

  static String of(Value value) throws CannotEvaluate, MalformedOtlp {
    JsonForm form = new JsonForm();
    form.append(value, 0);
    return form.json.toString();
  }

  private void append(Value value, int depth) throws CannotEvaluate, MalformedOtlp {
    if (depth > MAX_DEPTH) {
      throw new CannotEvaluate(TOO_DEEP);
    }
    switch (value.kind()) {
      case NIL -> json.append("null");
      case BOOL -> json.append(value.bool());
      case INT, TIME, DURATION, MESSAGES -> json.append(value.bits());
      case DOUBLE -> json.append(TextForm.decimal(value.number()));
      case STRING -> appendText(new String(value.bytes(), value.from(), value.length(), UTF_8));
      case BYTES, TRACE_ID, SPAN_ID -> json.append('"').append(base64(value)).append('"');
      case LIST -> appendList(value, depth);
      case MAP -> appendMap(value, depth);
    }
  }

  private static String base64(Value value) {
    return Base64.getEncoder()
        .encodeToString(Arrays.copyOfRange(value.bytes(), value.from(), value.to()));
  }

  private void appendList(Value list, int depth) throws CannotEvaluate, MalformedOtlp {
    json.append('[');
    String comma = "";
    for (Value element : AnyValues.elements(list)) {
      json.append(comma);
      append(element, depth + 1);
      comma = ",";
    }
    json.append(']');
  }

  private void appendMap(Value map, int depth) throws CannotEvaluate, MalformedOtlp {
    json.append('{');
    String comma = "";
    TreeMap<String, Value> sorted = new TreeMap<>(AnyValues.entries(map));
    for (Map.Entry<String, Value> entry : sorted.entrySet()) {
      json.append(comma);
      appendText(entry.getKey());
      json.append(':');
      append(entry.getValue(), depth + 1);
      comma = ",";
    }
    json.append('}');
  }

  private void appendText(String text) {
    json.append('"');
    text.chars().forEach(c -> appendChar((char) c));
    json.append('"');
  }

  private void appendChar(char c) {
    switch (c) {
      case '"' -> json.append("\\\"");
      case '\\' -> json.append("\\\\");
      case '\n' -> json.append("\\n");
      case '\r' -> json.append("\\r");
      case '\t' -> json.append("\\t");
      case '\b' -> json.append("\\b");
      case '\f' -> json.append("\\f");
      case '<', '>', '&', '\u2028', '\u2029' -> json.append("\\u%04x".formatted((int) c));
      default -> {
        if (c < ' ') {
          json.append("\\u%04x".formatted((int) c));
        } else {
          json.append(c);
        }
      }
    }
  }
}
