package io.millrace.otlp;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Fields by the names JSON may use for them: {@code traceId} and {@code trace_id}. */
final class JsonNames {

  private static final Map<Descriptor, Map<String, FieldDescriptor>> FIELDS =
      new ConcurrentHashMap<>();

  private JsonNames() {}

  static @Nullable FieldDescriptor field(Descriptor type, String name) {
    return FIELDS.computeIfAbsent(type, JsonNames::fields).get(name);
  }

  private static Map<String, FieldDescriptor> fields(Descriptor type) {
    Map<String, FieldDescriptor> result = new HashMap<>();
    for (FieldDescriptor field : type.getFields()) {
      result.put(field.getName(), field);
      result.put(field.getJsonName(), field);
    }
    return result;
  }
}
