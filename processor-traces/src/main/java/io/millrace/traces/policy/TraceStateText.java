package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The W3C tracestate, read as strictly as OpenTelemetry's Go API reads it. */
final class TraceStateText {

  private static final int MAX_MEMBERS = 32;
  private static final Pattern KEY =
      Pattern.compile(
          "[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13}");
  private static final Pattern VALUE =
      Pattern.compile(
          "[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]");

  private TraceStateText() {}

  /** The value of a key; empty if there is none, null if the whole is not valid. */
  static @Nullable String get(byte[] bytes, int from, int to, String key) {
    Map<String, String> members = new HashMap<>();
    for (String member : new String(bytes, from, to - from, ISO_8859_1).split(",", -1)) {
      if (!member.isEmpty() && !add(member, members)) {
        return null;
      }
    }
    return members.getOrDefault(key, "");
  }

  private static boolean add(String member, Map<String, String> members) {
    int equals = member.indexOf('=');
    if (equals < 0) {
      return false;
    }
    String key = member.substring(0, equals).replaceFirst("^[ \t]+", "");
    String value = member.substring(equals + 1).replaceFirst("[ \t]+$", "");
    return KEY.matcher(key).matches()
        && VALUE.matcher(value).matches()
        && members.put(key, value) == null
        && members.size() <= MAX_MEMBERS;
  }
}
