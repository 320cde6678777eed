package io.millrace.metrics.delta;

import io.millrace.topics.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What time it is on a partition: the greatest append time read; and at its end, where nothing
 * comes, the clock's, less a grace for what is on its way. So series do not go stale because nobody
 * has read their points yet. Milliseconds since the epoch.
 */
final class LogTime {

  /** Header of a routed record: when it was appended to where it came from. */
  static final String APPENDED = "millrace-appended";

  static final long GRACE_MILLIS = 10_000;

  private long appended;
  private long readAt;

  /**
   * @param now when reading begins
   */
  LogTime(long now) {
    readAt = now;
  }

  /** Of a routed record, else of one that somebody else has put there. */
  static long appended(Record<byte[], byte[]> record) {
    return RecordHeaders.get(record.headers(), APPENDED)
        .filter(text -> text.matches("[0-9]{1,18}"))
        .map(Long::parseLong)
        .orElse(record.timestamp());
  }

  void read(long appendedAt, long now) {
    appended = Math.max(appended, appendedAt);
    readAt = now;
  }

  /** Never goes back. */
  long at(long now) {
    if (now - readAt > GRACE_MILLIS) {
      appended = Math.max(appended, now - GRACE_MILLIS);
    }
    return appended;
  }
}
