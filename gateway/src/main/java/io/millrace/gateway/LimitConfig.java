package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;

/**
 * What a tenant may send.
 *
 * @param bytesPerSecond of requests, decompressed; 0 to 1 TiB, default 0: no limit
 * @param itemsPerSecond spans, data points and log records; 0 to 2^40, default 0: no limit
 * @param burst how long a tenant that was silent may send as fast as it likes what it is allowed in
 *     that time; 1 s to 1 h, default 10 s
 */
public record LimitConfig(long bytesPerSecond, long itemsPerSecond, Duration burst) {

  public static final LimitConfig NONE = new LimitConfig(0, 0, Duration.ofSeconds(10));

  static final long MOST = 1L << 40;

  public LimitConfig {
    requireRate("bytes-per-second", bytesPerSecond);
    requireRate("items-per-second", itemsPerSecond);
    requireBurst(burst);
  }

  /** Whether everything is allowed. */
  boolean isNone() {
    return bytesPerSecond == 0 && itemsPerSecond == 0;
  }

  static void requireRate(String key, long rate) {
    if (rate < 0 || rate > MOST) {
      throw new InvalidConfig(key, rate, "0 to " + MOST + ", 0 for no limit");
    }
  }

  static void requireBurst(Duration burst) {
    // Exporters that were refused come back after a second at the earliest.
    if (burst.compareTo(Duration.ofSeconds(1)) < 0 || burst.compareTo(Duration.ofHours(1)) > 0) {
      throw new InvalidConfig("burst", burst, "1s to 1h");
    }
  }
}
