package io.millrace.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.millrace.otlp.Split.Piece;
import io.millrace.otlp.Split.Refused;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a split must be, by what protobuf-java reads. A request is taken apart into one request per
 * item, so that comparing these compares the item and all that contains it, unknown fields too.
 */
final class SplitOracle {

  private static final Map<Signal, Parser<? extends Message>> PARSERS =
      Map.of(
          Signal.TRACES, ExportTraceServiceRequest.parser(),
          Signal.METRICS, ExportMetricsServiceRequest.parser(),
          Signal.LOGS, ExportLogsServiceRequest.parser());

  /** Fields that lead to the items. */
  private static final Set<String> WAY =
      Set.of(
          "resource_spans",
          "scope_spans",
          "spans",
          "resource_metrics",
          "scope_metrics",
          "metrics",
          "gauge",
          "sum",
          "histogram",
          "exponential_histogram",
          "summary",
          "data_points",
          "resource_logs",
          "scope_logs",
          "log_records");

  private static final Set<String> ITEMS = Set.of("spans", "data_points", "log_records");

  private SplitOracle() {}

  static Optional<Message> parse(Signal signal, byte[] request) {
    try {
      return Optional.of(PARSERS.get(signal).parseFrom(request));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  /** One request for each item, in order. */
  static List<Message> singles(Message container) {
    List<Message> result = new ArrayList<>();
    for (FieldDescriptor field : container.getDescriptorForType().getFields()) {
      if (!WAY.contains(field.getName()) || field.getType() != FieldDescriptor.Type.MESSAGE) {
        continue;
      }
      for (Message child : children(container, field)) {
        for (Message single : ITEMS.contains(field.getName()) ? List.of(child) : singles(child)) {
          result.add(with(container, field, single));
        }
      }
    }
    return result;
  }

  private static List<Message> children(Message container, FieldDescriptor field) {
    List<Message> result = new ArrayList<>();
    if (!field.isRepeated()) {
      if (container.hasField(field)) {
        result.add((Message) container.getField(field));
      }
      return result;
    }
    for (int i = 0; i < container.getRepeatedFieldCount(field); i++) {
      result.add((Message) container.getRepeatedField(field, i));
    }
    return result;
  }

  private static Message with(Message container, FieldDescriptor field, Message child) {
    Message.Builder builder = container.toBuilder().clearField(field);
    return field.isRepeated()
        ? builder.addRepeatedField(field, child).build()
        : builder.setField(field, child).build();
  }

  /** Nothing lost, nothing added, in order, within the limit, each item where its key says. */
  static void check(Signal signal, Message request, Split split, int maxRecordBytes, Key key) {
    List<Message> singles = singles(request);
    List<Message> stored = new ArrayList<>();
    Map<Object, Integer> partitions = new LinkedHashMap<>();
    Map<Integer, List<Message>> byPartition = new LinkedHashMap<>();
    for (Piece piece : split.pieces()) {
      assertThat(piece.value().length).isLessThanOrEqualTo(maxRecordBytes);
      List<Message> of = singles(parse(signal, piece.value()).orElseThrow());
      assertThat(of).hasSize(piece.items()).isNotEmpty();
      stored.addAll(of);
      byPartition.computeIfAbsent(piece.partition(), partition -> new ArrayList<>()).addAll(of);
      for (Message single : of) {
        partitions.merge(
            key.of(single),
            piece.partition(),
            (one, other) -> {
              assertThat(other).as("partition of %s", single).isEqualTo(one);
              return one;
            });
      }
    }
    int refused = split.refused().stream().mapToInt(Refused::items).sum();
    assertThat(stored).hasSize(singles.size() - refused);
    List<Message> rest = new ArrayList<>(singles);
    for (Message single : stored) {
      assertThat(rest.remove(single)).as("stored but not sent: %s", single).isTrue();
    }
    byPartition.values().forEach(of -> assertInOrder(of, singles));
  }

  private static void assertInOrder(List<Message> some, List<Message> all) {
    int at = 0;
    for (Message single : some) {
      while (at < all.size() && !all.get(at).equals(single)) {
        at++;
      }
      assertThat(at).as("out of order: %s", single).isLessThan(all.size());
      at++;
    }
  }

  /** What items must share to share a partition. */
  interface Key {
    Object of(Message single);
  }
}
