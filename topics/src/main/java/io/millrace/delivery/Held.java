package io.millrace.delivery;

import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.RecordHeaders;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

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

  /** Key, headers and origin of its dead letters; without its value, unless that is delivered. */
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
    boolean keepsValue = record.value() == staged.value() || record.value() == staged.letters();
    this.record = keepsValue ? record : withoutValue(record);
    readHeaders(record);
    this.value = staged.value();
    this.letters = staged.letters();
    this.items = staged.items();
    this.owed = items;
    this.tenant = RecordHeaders.get(record.headers(), RecordHeaders.TENANT).orElse("");
  }

  private static ConsumerRecord<byte[], byte[]> withoutValue(
      ConsumerRecord<byte[], byte[]> record) {
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.timestampType(),
        record.serializedKeySize(),
        ConsumerRecord.NULL_SIZE,
        record.key(),
        null,
        record.headers(),
        record.leaderEpoch(),
        record.deliveryCount());
  }

  /** A header that was not read yet stands in the whole record's bytes, and keeps them. */
  private static void readHeaders(ConsumerRecord<byte[], byte[]> record) {
    for (Header header : record.headers()) {
      header.key();
      header.value();
    }
  }

  /** Was it put on the topic here, as a sum or redriven, and not by a gateway? */
  boolean isReentered() {
    return record.headers().lastHeader(RecordHeaders.SUMMED) != null
        || record.headers().lastHeader(DeadLetterHeaders.REDRIVEN_TO) != null;
  }

  /** Memory it holds, of values. */
  long bytes() {
    return letters == value ? value.length : (long) value.length + letters.length;
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
