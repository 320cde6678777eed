package io.millrace.processing;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Requests as trees of protobuf-java's messages: what processing must be equal to. */
final class Trees {

  static final Set<String> ITEMS = Set.of("spans", "data_points", "log_records");
  private static final Set<String> GROUPS =
      Set.of(
          "resource_spans",
          "resource_metrics",
          "resource_logs",
          "scope_spans",
          "scope_metrics",
          "scope_logs",
          "metrics",
          "gauge",
          "sum",
          "histogram",
          "exponential_histogram",
          "summary");

  private Trees() {}

  static Message parse(Signal signal, byte[] bytes) {
    try {
      return switch (signal) {
        case TRACES -> ExportTraceServiceRequest.parseFrom(bytes);
        case METRICS -> ExportMetricsServiceRequest.parseFrom(bytes);
        case LOGS -> ExportLogsServiceRequest.parseFrom(bytes);
      };
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The tree with each message of a type replaced, those within it first. */
  @SuppressWarnings("unchecked")
  static <M extends Message> Message map(Message message, Class<M> type, Function<M, M> change) {
    Message.Builder builder = message.toBuilder();
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      if (field.getType() != FieldDescriptor.Type.MESSAGE) {
        continue;
      }
      if (!field.isRepeated()) {
        builder.setField(field, map((Message) message.getField(field), type, change));
        continue;
      }
      for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
        Message child = (Message) message.getRepeatedField(field, i);
        builder.setRepeatedField(field, i, map(child, type, change));
      }
    }
    Message mapped = builder.build();
    return type.isInstance(mapped) ? change.apply((M) mapped) : mapped;
  }

  /** As {@link #map}, of several types, one after the other. */
  static Message mapEach(
      Message message, List<Class<? extends Message>> types, UnaryOperator<Message> change) {
    Message result = message;
    for (Class<? extends Message> type : types) {
      result = map(result, Message.class, m -> type.isInstance(m) ? change.apply(m) : m);
    }
    return result;
  }

  /** The messages around an item, from the request to the item itself. */
  record Way(List<Message> messages) {

    Message item() {
      return messages.get(messages.size() - 1);
    }

    @SuppressWarnings("unchecked")
    <M extends Message> M first(Class<M> type) {
      return (M) messages.stream().filter(type::isInstance).findFirst().orElseThrow();
    }
  }

  /** The tree without some items, and without what held only those; null if nothing is left. */
  static @Nullable Message filter(Message message, Predicate<Way> keeps) {
    return filter(message, keeps, List.of());
  }

  private static @Nullable Message filter(
      Message message, Predicate<Way> keeps, List<Message> around) {
    List<Message> way = new ArrayList<>(around);
    way.add(message);
    Message.Builder builder = message.toBuilder();
    boolean dropped = false;
    boolean left = false;
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      boolean items = ITEMS.contains(field.getName());
      if (!items && (!GROUPS.contains(field.getName()) || !isMessage(field))) {
        continue;
      }
      builder.clearField(field);
      for (Message child : children(message, field)) {
        Message kept = items ? item(child, way, keeps) : filter(child, keeps, way);
        dropped |= kept == null || count(kept) < count(child);
        if (kept != null) {
          left |= items || count(kept) > 0;
          add(builder, field, kept);
        }
      }
    }
    return dropped && !left && !around.isEmpty() ? null : builder.build();
  }

  /** The tree without groups that hold no items; null if it holds none. */
  static @Nullable Message filterEmpty(Message message) {
    Message.Builder builder = message.toBuilder();
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      if (!GROUPS.contains(field.getName()) || !isMessage(field)) {
        continue;
      }
      builder.clearField(field);
      for (Message child : children(message, field)) {
        Message kept = filterEmpty(child);
        if (kept != null) {
          add(builder, field, kept);
        }
      }
    }
    return count(message) == 0 ? null : builder.build();
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getType() == FieldDescriptor.Type.MESSAGE;
  }

  private static @Nullable Message item(Message item, List<Message> way, Predicate<Way> keeps) {
    List<Message> whole = new ArrayList<>(way);
    whole.add(item);
    return keeps.test(new Way(whole)) ? item : null;
  }

  private static void add(Message.Builder builder, FieldDescriptor field, Message child) {
    if (field.isRepeated()) {
      builder.addRepeatedField(field, child);
    } else {
      builder.setField(field, child);
    }
  }

  private static List<Message> children(Message message, FieldDescriptor field) {
    List<Message> children = new ArrayList<>();
    if (!field.isRepeated()) {
      children.add((Message) message.getField(field));
      return children;
    }
    for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
      children.add((Message) message.getRepeatedField(field, i));
    }
    return children;
  }

  /** Items below a message. */
  static int count(Message message) {
    int count = 0;
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      if (ITEMS.contains(field.getName())) {
        count += message.getRepeatedFieldCount(field);
      } else if (GROUPS.contains(field.getName()) && isMessage(field)) {
        for (Message child : children(message, field)) {
          count += count(child);
        }
      }
    }
    return count;
  }

  /** A message's attributes, of one that has some. */
  @SuppressWarnings("unchecked")
  static <A> List<A> attributes(Message message) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName("attributes");
    return (List<A>) message.getField(field);
  }
}
