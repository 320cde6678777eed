package io.millrace.terminal;

import java.util.function.LongSupplier;

/**
 * Keeps to a rate: after {@code n} bytes nothing more is due until the time has passed in which the
 * rate allows them. What was not used is not saved up, so nothing comes in a burst. One thread.
 */
public final class Pace {

  private final double nanosPerByte;
  private final LongSupplier nanoTime;
  private long dueNanos;

  public Pace(Rate rate, LongSupplier nanoTime) {
    this.nanosPerByte = rate.equals(Rate.UNBOUNDED) ? 0 : 1e9 / rate.bytesPerSecond();
    this.nanoTime = nanoTime;
    this.dueNanos = nanoTime.getAsLong();
  }

  /** Nanoseconds until more may go; 0 or less if it may now. */
  public long nanosUntilDue() {
    return dueNanos - nanoTime.getAsLong();
  }

  /** Takes note of what has gone. */
  public void gone(long bytes) {
    long now = nanoTime.getAsLong();
    dueNanos = (dueNanos - now > 0 ? dueNanos : now) + (long) (bytes * nanosPerByte);
  }
}
