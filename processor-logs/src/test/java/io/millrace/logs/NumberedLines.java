package io.millrace.logs;

import io.millrace.topics.KafkaConfig;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records of numbered lines: line n is {@code partition/n}, a service for each partition.
 */
final class NumberedLines implements AutoCloseable {

  static final int LINES = 50;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int[] next;

  NumberedLines(KafkaConfig kafka, String topic, int partitions) {
    Map<String, Object> properties = kafka.clientProperties("lines");
    properties.put("acks", "all");
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.next = new int[partitions];
  }

  /** One record to each partition; acknowledged when it returns. */
  void write() {
    for (int partition = 0; partition < next.length; partition++) {
      try {
        producer.send(new ProducerRecord<>(topic, partition, null, record(partition))).get();
      } catch (ExecutionException | InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** How many lines each partition has. */
  int lines() {
    return next[0];
  }

  private byte[] record(int partition) {
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    for (int i = 0; i < LINES; i++) {
      int number = next[partition]++;
      scope.addLogRecords(
          LogRecord.newBuilder()
              .setTimeUnixNano(1_760_000_000_000_000_000L + number)
              .setBody(text(partition + "/" + number)));
    }
    ResourceLogs.Builder resource = ResourceLogs.newBuilder().addScopeLogs(scope);
    resource
        .getResourceBuilder()
        .addAttributes(
            KeyValue.newBuilder().setKey("service.name").setValue(text("svc-" + partition)));
    return ExportLogsServiceRequest.newBuilder().addResourceLogs(resource).build().toByteArray();
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  @Override
  public void close() {
    producer.close();
  }
}
