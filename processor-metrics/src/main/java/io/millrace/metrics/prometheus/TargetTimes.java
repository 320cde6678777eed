package io.millrace.metrics.prometheus;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Up to when {@code target_info} of a resource is stored. Two requests of one resource can hold
 * points of times that overlap; without this the backend would find the second one's target_info
 * out of order, and refuse all points it came with. Read by the loop, written by threads of the
 * client; up to a bound.
 */
final class TargetTimes {

  private static final int MAX_REMEMBERED = 100_000;

  private final Map<Long, Long> latestMillis = new ConcurrentHashMap<>();

  /** The time of the last sample of a series, or a time before all. */
  long latest(long series) {
    return latestMillis.getOrDefault(series, Long.MIN_VALUE);
  }

  /** The backend has these. */
  void stored(Map<Long, Long> latest) {
    if (latestMillis.size() > MAX_REMEMBERED) {
      latestMillis.clear();
    }
    latest.forEach((series, millis) -> latestMillis.merge(series, millis, Math::max));
  }
}
