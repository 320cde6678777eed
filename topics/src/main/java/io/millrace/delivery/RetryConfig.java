package io.millrace.delivery;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;

/**
 * How long to wait before a batch is sent again. There is no limit on how often: what could be
 * delivered later is never given up.
 *
 * @param initial first wait; more than 0, default 500 ms
 * @param max longest wait of our own; at least {@code initial}, default 30 s. A backend that asks
 *     for longer is given up to five minutes
 */
public record RetryConfig(Duration initial, Duration max) {

  public static final RetryConfig DEFAULT =
      new RetryConfig(Duration.ofMillis(500), Duration.ofSeconds(30));

  public RetryConfig {
    if (initial.isNegative() || initial.isZero()) {
      throw new InvalidConfig("initial", initial, "more than 0");
    }
    if (max.compareTo(initial) < 0) {
      throw new InvalidConfig("max", max, "at least initial, " + initial);
    }
  }
}
