package io.millrace.groups;

import org.apache.kafka.common.TopicPartition;

/**
 * How far a group is behind on one partition.
 *
 * @param next offset of the record it commits next
 * @param records that are not committed
 * @param bytes of them, estimated: {@code records} times the average size of a record of the
 *     partition on disk, compressed; NaN if the broker does not say
 * @param appended time of the record at {@code next}, in milliseconds since the epoch; -1 if there
 *     is none
 */
record GroupLag(
    String group, TopicPartition partition, long next, long records, double bytes, long appended) {

  /** Since the append time of the next record to commit; 0 if there is none. */
  double seconds(long nowMillis) {
    return appended < 0 ? 0 : Math.max(0, nowMillis - appended) / 1000.0;
  }
}
