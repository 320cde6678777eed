package io.millrace.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The spelling of configuration keys: kebab-case parts joined by dots; a part that holds a dot
 * stands in double quotes, {@code kafka.properties."sasl.mechanism"}.
 */
final class KeyPath {

  private static final String PART = "(?:\"[^\"]+\"|[^.=\"\\s]+)";
  private static final Pattern PARTS = Pattern.compile(PART);

  /** A path, then an equals sign, then anything. */
  static final Pattern ASSIGNMENT =
      Pattern.compile("(" + PART + "(?:\\." + PART + ")*)=(.*)", Pattern.DOTALL);

  private KeyPath() {}

  static List<String> parts(String path) {
    List<String> parts = new ArrayList<>();
    Matcher matcher = PARTS.matcher(path);
    while (matcher.find()) {
      parts.add(matcher.group().replace("\"", ""));
    }
    return parts;
  }

  static String child(String path, String part) {
    String spelled = part.contains(".") ? "\"" + part + "\"" : part;
    return path.isEmpty() ? spelled : path + "." + spelled;
  }

  static String element(String path, int index) {
    return path + "[" + index + "]";
  }

  /**
   * {@code maxBytes} becomes {@code max-bytes}. A raw tree is another program's block, pasted with
   * its key: {@code tailSampling} becomes {@code tail_sampling}.
   */
  static String of(RecordComponent component) {
    String separator = component.getType() == JsonNode.class ? "_" : "-";
    return component
        .getName()
        .replaceAll("([a-z0-9])([A-Z])", "$1" + separator + "$2")
        .toLowerCase(Locale.ROOT);
  }

  /** {@code NOT_YET} becomes {@code not-yet}. */
  static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
