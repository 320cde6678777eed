package io.millrace.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces <code>${env:NAME}</code> and <code>${env:NAME:-default}</code> in the texts of a parsed
 * tree; the default counts when the variable is unset or empty, as in a shell. <code>$${</code> is
 * a plain <code>${</code>. What comes from the environment is never parsed as YAML, nor replaced
 * again.
 */
final class EnvReferences {

  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\$\\{|\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}|\\$\\{");

  private final Map<String, String> environment;

  EnvReferences(Map<String, String> environment) {
    this.environment = environment;
  }

  /** A tree without references; {@code path} leads to {@code node}. */
  JsonNode replaceIn(JsonNode node, String path) {
    if (node instanceof ObjectNode mapping) {
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      mapping
          .properties()
          .forEach(
              entry -> {
                String child = KeyPath.child(path, entry.getKey());
                result.set(entry.getKey(), replaceIn(entry.getValue(), child));
              });
      return result;
    }
    if (node instanceof ArrayNode list) {
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      for (int i = 0; i < list.size(); i++) {
        result.add(replaceIn(list.get(i), KeyPath.element(path, i)));
      }
      return result;
    }
    return node.isTextual() ? replaceIn(node.textValue(), path) : node;
  }

  private JsonNode replaceIn(String text, String path) {
    Matcher matcher = REFERENCE.matcher(text);
    StringBuilder result = new StringBuilder();
    boolean whole = false;
    while (matcher.find()) {
      whole = matcher.group(1) != null && matcher.group().equals(text);
      matcher.appendReplacement(result, Matcher.quoteReplacement(replacement(matcher, path)));
    }
    matcher.appendTail(result);
    // A value that is one reference may be a number or a boolean, as if it were written there.
    return whole ? Yaml.plain(result.toString()) : TextNode.valueOf(result.toString());
  }

  private String replacement(Matcher matcher, String path) {
    if (matcher.group().equals("$${")) {
      return "${";
    }
    String name = matcher.group(1);
    if (name == null) {
      throw new InvalidConfig(
          path, "unreadable ${", "${env:NAME} or ${env:NAME:-default}; $${ for a plain ${");
    }
    String value = environment.getOrDefault(name, "");
    String fallback = matcher.group(2);
    if (fallback != null) {
      return value.isEmpty() ? fallback : value;
    }
    if (!environment.containsKey(name)) {
      throw new InvalidConfig(
          path,
          "${env:" + name + "} is not set",
          "the variable, or a default: ${env:" + name + ":-...}");
    }
    return value;
  }
}
