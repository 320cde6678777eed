package io.millrace.traces;

import java.util.HashMap;
import java.util.Map;

/** What a person wants to know of a trace: spans and bytes by service, errors, how long it took. */
final class TraceFacts {

  private static final int ERROR = 2;

  private final Map<String, Amount> services = new HashMap<>(4);
  private final long firstTime;
  private long spans;
  private long bytes;
  private long earliest = Long.MAX_VALUE;
  private long latest = Long.MIN_VALUE;
  private boolean hasError;

  /**
   * @param firstTime log time of its first record, in milliseconds
   */
  TraceFacts(long firstTime) {
    this.firstTime = firstTime;
  }

  /** Times are in nanoseconds since the epoch. */
  void add(String service, int spanBytes, long startNanos, long endNanos, int statusCode) {
    Amount amount = services.get(service);
    if (amount == null) {
      amount = new Amount();
      amount.add(1, 0, 0);
      services.put(service, amount);
    }
    amount.add(0, 1, spanBytes);
    spans++;
    bytes += spanBytes;
    earliest = Math.min(earliest, startNanos);
    latest = Math.max(latest, endNanos);
    hasError |= statusCode == ERROR;
  }

  long firstTime() {
    return firstTime;
  }

  long spans() {
    return spans;
  }

  long bytes() {
    return bytes;
  }

  Map<String, Amount> services() {
    return services;
  }

  boolean hasError() {
    return hasError;
  }

  long durationNanos() {
    return latest - earliest;
  }
}
