package io.millrace.traces.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.condition.GoDuration;
import io.millrace.daemon.InvalidConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A mapping of the configuration while it is read. It remembers which keys were asked for, so that
 * {@link #refuseOthers} can name one that nobody knows.
 */
final class Block {

  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,18}");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

  private final JsonNode node;
  private final String path;
  private final String local;
  private final Set<String> known = new TreeSet<>();

  /** The outermost. */
  Block(JsonNode node) {
    this(node, "", "");
  }

  /**
   * @param path where it stands
   * @param local where it stands in what is read at the moment, such as a policy
   */
  private Block(JsonNode node, String path, String local) {
    this.node = node.isNull() ? MissingNode.getInstance() : node;
    this.path = path;
    this.local = local;
    if (!this.node.isMissingNode() && !node.isObject()) {
      throw new InvalidConfig(local, shown(node), "a mapping");
    }
  }

  /** The same, seen from itself: errors no longer say where it stands. */
  Block itself() {
    return new Block(node, path, "");
  }

  String path() {
    return path;
  }

  /** Path of a key. */
  String path(String key) {
    return join(path, key);
  }

  String local() {
    return local;
  }

  /** Path of a key, for errors. */
  String local(String key) {
    return join(local, key);
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  boolean has(String key) {
    return !get(key).isMissingNode();
  }

  String text(String key, String otherwise) {
    JsonNode value = get(key);
    return value.isMissingNode() ? otherwise : text(value, local(key));
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    List<JsonNode> elements = list(key);
    for (int i = 0; i < elements.size(); i++) {
      texts.add(text(elements.get(i), local(key) + "[" + i + "]"));
    }
    return texts;
  }

  private static String text(JsonNode value, String path) {
    if (!value.isValueNode() || value.isNull()) {
      throw new InvalidConfig(path, shown(value), "text");
    }
    return value.asText();
  }

  boolean bool(String key) {
    JsonNode value = get(key);
    String text = value.isMissingNode() ? "false" : value.asText();
    if (value.isContainerNode() || !(text.equals("true") || text.equals("false"))) {
      throw new InvalidConfig(local(key), shown(value), "true or false");
    }
    return text.equals("true");
  }

  /** 0 if it is not there. */
  long whole(String key, long least, long most) {
    JsonNode value = get(key);
    String text = value.isMissingNode() ? "0" : value.asText();
    if (value.isContainerNode() || !WHOLE.matcher(text).matches()) {
      throw new InvalidConfig(local(key), shown(value), "a whole number");
    }
    long number = Long.parseLong(text);
    if (number < least || number > most) {
      throw new InvalidConfig(local(key), text, "%d to %d".formatted(least, most));
    }
    return number;
  }

  /** 0 if it is not there. */
  double decimal(String key) {
    JsonNode value = get(key);
    String text = value.isMissingNode() ? "0" : value.asText();
    if (value.isContainerNode() || !DECIMAL.matcher(text).matches()) {
      throw new InvalidConfig(local(key), shown(value), "a number");
    }
    return Double.parseDouble(text);
  }

  Duration duration(String key, Duration otherwise) {
    JsonNode value = get(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    OptionalLong nanos =
        value.isContainerNode() ? OptionalLong.empty() : GoDuration.nanos(value.asText());
    if (nanos.isEmpty() || nanos.getAsLong() < 0) {
      throw new InvalidConfig(local(key), shown(value), "a duration such as 30s, 1m30s or 100ms");
    }
    return Duration.ofNanos(nanos.getAsLong());
  }

  /** One without any key if it is not there. */
  Block block(String key) {
    return new Block(get(key), path(key), local(key));
  }

  List<Block> blocks(String key) {
    List<Block> blocks = new ArrayList<>();
    List<JsonNode> elements = list(key);
    for (int i = 0; i < elements.size(); i++) {
      String at = "[" + i + "]";
      blocks.add(new Block(elements.get(i), path(key) + at, local(key) + at));
    }
    return blocks;
  }

  private List<JsonNode> list(String key) {
    JsonNode value = get(key);
    if (!value.isMissingNode() && !value.isArray()) {
      throw new InvalidConfig(local(key), shown(value), "a list");
    }
    List<JsonNode> elements = new ArrayList<>();
    value.forEach(elements::add);
    return elements;
  }

  private JsonNode get(String key) {
    known.add(key);
    JsonNode value = node.path(key);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  /** To be called when all keys have been asked for. */
  void refuseOthers() {
    Iterator<String> names = node.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new InvalidConfig(
            local(name), shown(node.path(name)), "one of " + String.join(", ", known));
      }
    }
  }

  private static String shown(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "a mapping";
      case ARRAY -> "a list";
      case NULL, MISSING -> "nothing";
      default -> value.asText();
    };
  }
}
