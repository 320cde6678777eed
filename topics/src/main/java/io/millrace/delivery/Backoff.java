package io.millrace.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with jitter: the wait doubles with each attempt up to the maximum, and a
 * random half of it keeps a fleet from coming back in step ("equal jitter", Brooker, Exponential
 * Backoff And Jitter, 2015).
 */
final class Backoff {

  /** What a backend may ask for at most, so that every pause ends. */
  static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

  private final RetryConfig config;
  private final RandomGenerator random;

  Backoff(RetryConfig config, RandomGenerator random) {
    this.config = config;
    this.random = random;
  }

  /**
   * Nanoseconds to wait before the next attempt.
   *
   * @param failures how many attempts in a row have failed, at least 1
   * @param asked what the backend asked for, or zero
   */
  long nanos(int failures, Duration asked) {
    long max = config.max().toNanos();
    int doublings = Math.min(failures - 1, 62 - bits(config.initial().toNanos()));
    long full = Math.min(max, config.initial().toNanos() << Math.max(0, doublings));
    long own = full / 2 + random.nextLong(full / 2 + 1);
    long wanted = asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED.toNanos() : asked.toNanos();
    return Math.max(own, wanted);
  }

  private static int bits(long value) {
    return Long.SIZE - Long.numberOfLeadingZeros(value);
  }
}
