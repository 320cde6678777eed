package io.millrace.gateway;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A rate with a burst, kept as time: what is saved grows by a nanosecond each nanosecond up to the
 * burst, and a cost takes the time in which it is earned. A cost is admitted when it is saved; one
 * above the burst is admitted when the bucket is full, and leaves a debt. So what is admitted in a
 * time {@code t} costs at most rate × (t + burst) and one request, and nothing is refused for ever.
 *
 * <p>After a refusal the bucket is closed until there is room for what was refused: otherwise small
 * costs would keep a large one out for good, and nothing could be refused before its cost is known.
 * Any thread.
 */
final class TokenBucket {

  private static final long SECOND_NANOS = 1_000_000_000;

  private final long perSecond;
  private final long burstNanos;
  private final LongSupplier nanoTime;
  private long savedNanos;
  private long awaitedNanos;
  private long seenNanos;

  /**
   * Full at first.
   *
   * @param perSecond at least 1
   */
  TokenBucket(long perSecond, Duration burst, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    burstNanos = burst.toNanos();
    savedNanos = burstNanos;
    seenNanos = nanoTime.getAsLong();
  }

  /**
   * Takes all of the cost or nothing.
   *
   * @return 0 if taken, otherwise the nanoseconds until there is room for it
   */
  synchronized long take(long cost) {
    earn();
    long costNanos = nanos(cost);
    long need = Math.max(Math.min(costNanos, burstNanos), awaitedNanos);
    if (savedNanos < need) {
      awaitedNanos = need;
      return need - savedNanos;
    }
    awaitedNanos = 0;
    savedNanos -= costNanos;
    return 0;
  }

  /** Undoes a {@link #take} of the same cost. */
  synchronized void giveBack(long cost) {
    earn();
    savedNanos = Math.min(burstNanos, savedNanos + nanos(cost));
  }

  /** The nanoseconds for which nothing will be admitted, 0 if something may be. */
  synchronized long closedNanos() {
    earn();
    return Math.max(0, awaitedNanos - savedNanos);
  }

  /** Whether forgetting this one and making a new one would change nothing. */
  synchronized boolean isFull() {
    earn();
    return savedNanos == burstNanos;
  }

  private void earn() {
    long now = nanoTime.getAsLong();
    savedNanos = Math.min(burstNanos, savedNanos + now - seenNanos);
    seenNanos = now;
  }

  /** Rounded up. No overflow: a cost is less than 2^32. */
  private long nanos(long cost) {
    return (cost * SECOND_NANOS + perSecond - 1) / perSecond;
  }
}
