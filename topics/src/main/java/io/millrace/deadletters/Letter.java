package io.millrace.deadletters;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.RecordHeaders;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A dead letter: a record of a dead-letter topic that is no mark. */
record Letter(Signal signal, ConsumerRecord<byte[], byte[]> record) {

  /** What to call it: {@code traces/0/42}. */
  String id() {
    return "%s/%d/%d".formatted(signal.id(), record.partition(), record.offset());
  }

  /** Text of a header; empty if there is none. */
  String header(String name) {
    return RecordHeaders.get(record.headers(), name).orElse("");
  }

  String reason() {
    return header(DeadLetterHeaders.REASON);
  }

  String tenant() {
    return header(RecordHeaders.TENANT);
  }

  /** Name of the destination that refused it. */
  String destination() {
    return header(DeadLetterHeaders.DESTINATION);
  }

  /** How many times it was redriven before. */
  int redriven() {
    return number(DeadLetterHeaders.REDRIVEN, 0);
  }

  /** Items as its header says, or else 1: it may be no OTLP at all. */
  int items() {
    return number(RecordHeaders.ITEMS, 1);
  }

  /** Partition of the topic it came from; -1 if it does not say. */
  int sourcePartition() {
    return number(DeadLetterHeaders.PARTITION, -1);
  }

  private int number(String header, int otherwise) {
    String text = header(header);
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : otherwise;
  }

  byte[] value() {
    return record.value() == null ? new byte[0] : record.value();
  }

  /** Names of the services in it; none if it cannot be read. */
  Set<String> services() {
    try {
      return OtlpItems.services(signal, value());
    } catch (MalformedOtlp e) {
      return Set.of();
    }
  }
}
