package io.millrace.delivery;

import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.RecordHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record taken from Kafka and not yet committed. It is settled when all its items are; they may
 * have outcomes of their own, {@link Part} by part. Loop thread only.
 */
final class Held {

  /**
   * Refused parts of a record that are cut further, times its levels of bisection: so many refused
   * items of a record are found one by one. A record of nothing else must not cost a request for
   * each item and each level above it.
   */
  private static final int FOUND_ONE_BY_ONE = 64;

  /** As it was read: key, headers and origin of its dead letters. */
  final ConsumerRecord<byte[], byte[]> record;

  /** What is to be delivered of it. */
  final byte[] value;

  /** What dead letters are made of: the same items as {@link #value}. */
  final byte[] letters;

  /** Items in {@link #value}: what an outcome is owed for. */
  final int items;

  final String tenant;

  private int owed;
  private int cuts;

  Held(ConsumerRecord<byte[], byte[]> record, Staged staged) {
    this.record = record;
    this.value = staged.value();
    this.letters = staged.letters();
    this.items = staged.items();
    this.owed = items;
    this.tenant = RecordHeaders.get(record.headers(), RecordHeaders.TENANT).orElse("");
  }

  /** Was it put on the topic here, as a sum or redriven, and not by a gateway? */
  boolean isReentered() {
    return record.headers().lastHeader(RecordHeaders.SUMMED) != null
        || record.headers().lastHeader(DeadLetterHeaders.REDRIVEN_TO) != null;
  }

  /** Memory it holds: the value delivered may be the record's own array. */
  long bytes() {
    long bytes = Math.max(0, record.serializedValueSize());
    if (value != record.value()) {
      bytes += value.length;
    }
    return letters == value || letters == record.value() ? bytes : bytes + letters.length;
  }

  /** May a refused part of it be cut once more? */
  boolean mayCut() {
    int levels = Integer.SIZE - Integer.numberOfLeadingZeros(items);
    return cuts++ < FOUND_ONE_BY_ONE * levels;
  }

  /** Items without an outcome. */
  int owed() {
    return owed;
  }

  boolean isSettled() {
    return owed == 0;
  }

  void settle(int items) {
    owed -= items;
  }
}
