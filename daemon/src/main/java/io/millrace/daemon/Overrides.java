package io.millrace.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Matcher;

/**
 * Lays {@code a.b.c=value} over a configuration tree. A value that begins like a YAML list, mapping
 * or quoted text is read as that; any other is one scalar, taken as it stands.
 */
final class Overrides {

  private Overrides() {}

  static void apply(List<String> overrides, ObjectNode root) {
    for (String override : overrides) {
      Matcher matcher = KeyPath.ASSIGNMENT.matcher(override);
      if (!matcher.matches()) {
        // What stands there may be a secret that lost its key: it is not shown.
        throw new InvalidConfig("--set", "no key before '='", "key=value, as in admin.port=9464");
      }
      set(root, KeyPath.parts(matcher.group(1)), value(matcher.group(1), matcher.group(2)));
    }
  }

  private static JsonNode value(String key, String text) {
    boolean structured = text.matches("(?s)[\\[{\"'].*");
    return structured ? Yaml.parse(text, "--set " + key) : Yaml.plain(text);
  }

  private static void set(ObjectNode root, List<String> parts, JsonNode value) {
    ObjectNode parent = root;
    for (String part : parts.subList(0, parts.size() - 1)) {
      parent = parent.get(part) instanceof ObjectNode existing ? existing : parent.putObject(part);
    }
    parent.set(parts.get(parts.size() - 1), value);
  }
}
