package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names of labels, from attribute keys. What was translated is remembered, up to a bound: the same
 * few keys come again and again.
 */
final class LabelNames {

  private static final int MAX_REMEMBERED = 4096;

  private final boolean escapes;
  private final boolean prefixesUnderscore;
  private final boolean keepsUnderscores;

  private final RangeTable keys = new RangeTable();
  private final List<byte @Nullable []> names = new ArrayList<>();

  LabelNames(ConversionConfig config) {
    this.escapes = config.strategy().escapes();
    this.prefixesUnderscore = config.labelNameUnderscoreSanitization();
    this.keepsUnderscores = config.labelNamePreserveMultipleUnderscores();
  }

  /** The name as UTF-8, the same array for the same key; null if no name can be made of the key. */
  byte @Nullable [] of(byte[] source, int from, int to) {
    int number = keys.number(0, source, from, to);
    if (number >= 0) {
      return names.get(number);
    }
    String key = new String(source, from, to - from, UTF_8);
    String name = of(key);
    byte[] encoded = name == null ? null : name.getBytes(UTF_8);
    if (keys.size() > MAX_REMEMBERED) {
      keys.clear();
      names.clear();
    } else {
      keys.owned(-1 - number);
      names.add(encoded);
    }
    return encoded;
  }

  @Nullable String of(String key) {
    String name = key;
    if (escapes && !key.isEmpty()) {
      name = keepsUnderscores ? replaced(key) : collapsed(key);
      if (Character.isDigit(name.charAt(0))) {
        name = "key_" + name;
      } else if (prefixesUnderscore && name.startsWith("_") && !name.startsWith("__")) {
        name = "key" + name;
      }
    }
    return name.chars().allMatch(c -> c == '_') ? null : name;
  }

  private static String replaced(String key) {
    StringBuilder name = new StringBuilder(key.length());
    key.codePoints().forEach(c -> name.append(isPlain(c) ? (char) c : '_'));
    return name.toString();
  }

  /** One underscore for any number of them, but for the two at both ends of a reserved name. */
  private static String collapsed(String key) {
    boolean reserved = key.length() >= 4 && key.startsWith("__") && key.endsWith("__");
    String inner = reserved ? key.substring(2, key.length() - 2) : key;
    String name = replaced(inner).replaceAll("_+", "_");
    return reserved ? "__" + name + "__" : name;
  }

  private static boolean isPlain(int c) {
    return c != ':' && MetricNames.isPlain(c);
  }
}
