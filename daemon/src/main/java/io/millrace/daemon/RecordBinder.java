package io.millrace.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes config records from a tree: what the tree does not say is taken from the defaults, at every
 * depth. Reflection instead of an object mapper, so that a secret never leaves its record and every
 * refusal carries the path from the root.
 */
final class RecordBinder {

  private RecordBinder() {}

  static Object record(Class<?> type, JsonNode node, @Nullable Object defaults, String path) {
    if (!node.isObject() && !node.isNull()) {
      throw new InvalidConfig(path, Scalars.kind(node), "a mapping");
    }
    Object base = defaults == null ? constantDefault(type) : defaults;
    refuseUnknownKeys(type, node, path);
    return bind(type, node, base, path);
  }

  private static Object bind(Class<?> type, JsonNode node, @Nullable Object base, String path) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = component(components[i], node, base, path);
    }
    return construct(type, arguments, path);
  }

  private static Object component(
      RecordComponent component, JsonNode node, @Nullable Object base, String path) {
    if (component.isAnnotationPresent(Inlined.class)) {
      Object inherited = base == null ? constantDefault(component.getType()) : get(component, base);
      return bind(component.getType(), node, inherited, path);
    }
    String key = KeyPath.of(component);
    String childPath = KeyPath.child(path, key);
    JsonNode child = node.get(key);
    if (base == null) {
      return child == null
          ? absent(component.getType(), childPath)
          : value(component.getGenericType(), child, null, childPath);
    }
    Object inherited = get(component, base);
    return child == null
        ? inherited
        : value(component.getGenericType(), child, inherited, childPath);
  }

  /** The value of a key nobody wrote, in a record that has no defaults. */
  private static Object absent(Class<?> type, String path) {
    if (type == Optional.class) {
      return Optional.empty();
    }
    if (type == List.class) {
      return List.of();
    }
    if (type == Map.class) {
      return Map.of();
    }
    if (type.isRecord()) {
      return record(type, NullNode.instance, null, path);
    }
    throw new InvalidConfig(path, "missing", "a value; it has no default");
  }

  private static Object value(Type type, JsonNode node, @Nullable Object defaults, String path) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Type last = arguments[arguments.length - 1];
      if (generic.getRawType() == Optional.class) {
        return optional(last, node, defaults, path);
      }
      if (generic.getRawType() == List.class) {
        return list(last, node, path);
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return map(last, node, (Map<?, ?>) defaults, path);
      }
    } else if (type == JsonNode.class) {
      return node;
    } else if (type instanceof Class<?> plain) {
      return plain.isRecord() && plain != Secret.class
          ? record(plain, node, defaults, path)
          : Scalars.read(plain, node, path);
    }
    throw new IllegalArgumentException(path + ": no configuration type: " + type);
  }

  /** An empty text counts as absent, so that an unset variable can stand for "none". */
  private static Optional<Object> optional(
      Type type, JsonNode node, @Nullable Object defaults, String path) {
    if (node.isNull() || (node.isTextual() && node.textValue().isEmpty())) {
      return Optional.empty();
    }
    Object inherited = defaults instanceof Optional<?> given ? given.orElse(null) : null;
    return Optional.of(value(type, node, inherited, path));
  }

  private static List<Object> list(Type type, JsonNode node, String path) {
    if (!node.isArray()) {
      throw new InvalidConfig(path, Scalars.kind(node), "a list");
    }
    List<Object> result = new ArrayList<>();
    for (JsonNode element : node) {
      result.add(value(type, element, null, KeyPath.element(path, result.size())));
    }
    return Collections.unmodifiableList(result);
  }

  private static Map<String, Object> map(
      Type type, JsonNode node, @Nullable Map<?, ?> defaults, String path) {
    if (!node.isObject() && !node.isNull()) {
      throw new InvalidConfig(path, Scalars.kind(node), "a mapping");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    if (defaults != null) {
      defaults.forEach((key, value) -> result.put((String) key, value));
    }
    node.properties()
        .forEach(
            entry -> {
              String key = entry.getKey();
              String child = KeyPath.child(path, key);
              result.put(key, value(type, entry.getValue(), result.get(key), child));
            });
    return Collections.unmodifiableMap(result);
  }

  private static void refuseUnknownKeys(Class<?> type, JsonNode node, String path) {
    List<String> known = keys(type);
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw unknownKey(KeyPath.child(path, key), known);
              }
            });
  }

  private static List<String> keys(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .flatMap(
            component ->
                component.isAnnotationPresent(Inlined.class)
                    ? keys(component.getType()).stream()
                    : Stream.of(KeyPath.of(component)))
        .toList();
  }

  static InvalidConfig unknownKey(String path, List<String> known) {
    return new InvalidConfig(
        path, "unknown key", known.stream().collect(Collectors.joining(", ", "one of ", "")));
  }

  /** The constant {@code DEFAULT} of a config record, if it has one. */
  private static @Nullable Object constantDefault(Class<?> type) {
    try {
      var field = type.getDeclaredField("DEFAULT");
      field.setAccessible(true);
      return field.getType() == type ? field.get(null) : null;
    } catch (NoSuchFieldException e) {
      return null;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(type + ".DEFAULT cannot be read", e);
    }
  }

  static Object get(RecordComponent component, Object record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }

  private static Object construct(Class<?> type, Object[] arguments, String path) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidConfig invalid) {
        throw invalid.under(path);
      }
      throw new IllegalStateException(path + ": " + type + " failed on its own values", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be made", e);
    }
  }
}
