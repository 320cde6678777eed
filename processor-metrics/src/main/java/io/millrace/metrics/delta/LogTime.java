package io.millrace.metrics.delta;

/**
 * What time it is on a partition: the greatest append time read; and at its end, where nothing
 * comes, the clock's, less a grace for what is on its way. So series do not go stale because nobody
 * has read their points yet. Milliseconds since the epoch.
 */
final class LogTime {

  static final long GRACE_MILLIS = 10_000;

  private long appended;
  private long readAt;

  /**
   * @param now when reading begins
   */
  LogTime(long now) {
    readAt = now;
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
