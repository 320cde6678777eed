package io.millrace.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The configuration in force, as YAML for a person to read; secrets are masked. */
public final class EffectiveConfig {

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .build();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private EffectiveConfig() {}

  public static String yaml(Record config) {
    try {
      return YAML.writeValueAsString(node(config));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values cannot fail to be written", e);
    }
  }

  private static JsonNode node(@Nullable Object value) {
    if (value instanceof JsonNode raw) {
      return raw;
    }
    if (value instanceof Optional<?> optional) {
      return optional.<JsonNode>map(EffectiveConfig::node).orElse(NullNode.instance);
    }
    if (value instanceof Secret) {
      return NODES.textNode(Secret.MASK);
    }
    if (value instanceof Record config) {
      return mapping(config);
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode mapping = NODES.objectNode();
      map.forEach((key, element) -> mapping.set(String.valueOf(key), node(element)));
      return mapping;
    }
    if (value instanceof List<?> list) {
      ArrayNode array = NODES.arrayNode();
      list.forEach(element -> array.add(node(element)));
      return array;
    }
    return scalar(value);
  }

  private static ObjectNode mapping(Record config) {
    ObjectNode mapping = NODES.objectNode();
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      JsonNode value = node(RecordBinder.get(component, config));
      if (component.isAnnotationPresent(Inlined.class)) {
        mapping.setAll((ObjectNode) value);
      } else {
        mapping.set(KeyPath.of(component), value);
      }
    }
    return mapping;
  }

  private static JsonNode scalar(@Nullable Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return NODES.numberNode(((Number) value).longValue());
    }
    if (value instanceof Double number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Boolean bool) {
      return NODES.booleanNode(bool);
    }
    if (value instanceof Enum<?> constant) {
      return NODES.textNode(KeyPath.ofConstant(constant));
    }
    if (value instanceof String text) {
      return NODES.textNode(text);
    }
    if (value instanceof Duration duration) {
      return NODES.textNode(Durations.format(duration));
    }
    if (value instanceof URI uri) {
      return NODES.textNode(Shown.uri(uri));
    }
    return value == null ? NullNode.instance : NODES.textNode(value.toString());
  }
}
