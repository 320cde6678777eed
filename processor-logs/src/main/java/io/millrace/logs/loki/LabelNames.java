package io.millrace.logs.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;

/**
 * Names of labels and structured metadata as Loki's OTLP endpoint makes them: what is no letter,
 * digit or underscore becomes an underscore, and a name begins with a letter or two underscores.
 * Remembers the names it has made; one thread at a time.
 */
final class LabelNames {

  /** Keys come from outside: what is remembered must end somewhere. */
  private static final int MAX_REMEMBERED = 10_000;

  private final Map<String, byte[]> names = new HashMap<>();

  /** The name as UTF-8. */
  byte[] of(String key) {
    byte[] name = names.get(key);
    if (name == null) {
      name = normalize(key).getBytes(UTF_8);
      if (names.size() < MAX_REMEMBERED) {
        names.put(key, name);
      }
    }
    return name;
  }

  static String normalize(String key) {
    StringBuilder name = new StringBuilder(key.length() + 4);
    key.codePoints().forEach(c -> name.append(isWord(c) ? (char) c : '_'));
    if (name.length() == 0) {
      return "";
    }
    char first = name.charAt(0);
    boolean oneUnderscore = first == '_' && !name.toString().startsWith("__");
    if (first >= '0' && first <= '9') {
      name.insert(0, "key_");
    } else if (oneUnderscore) {
      name.insert(0, "key");
    }
    return name.toString();
  }

  private static boolean isWord(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
