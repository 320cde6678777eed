package io.millrace.delivery;

import io.millrace.topics.RecordHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record taken from Kafka and not yet committed. Loop thread only. */
final class Held {

  /** As it was read, for the dead-letter topic. */
  final ConsumerRecord<byte[], byte[]> record;

  /** What is to be delivered of it. */
  final byte[] value;

  /** Items in {@link #value}: what an outcome is still owed for. */
  final int items;

  final String tenant;

  private boolean settled;

  Held(ConsumerRecord<byte[], byte[]> record, byte[] value, int items) {
    this.record = record;
    this.value = value;
    this.items = items;
    this.tenant = RecordHeaders.get(record.headers(), RecordHeaders.TENANT).orElse("");
  }

  /** Memory it holds: the value delivered may be the record's own array. */
  long bytes() {
    int read = Math.max(0, record.serializedValueSize());
    return value == record.value() ? read : (long) read + value.length;
  }

  boolean isSettled() {
    return settled;
  }

  void settle() {
    settled = true;
  }
}
