package io.millrace.gateway;

import java.time.Duration;
import java.util.Optional;

/**
 * What differs for one tenant from {@code gateway.tenants.limits}.
 *
 * @param bytesPerSecond 0 for no limit
 * @param itemsPerSecond 0 for no limit
 */
public record LimitOverride(
    Optional<Long> bytesPerSecond, Optional<Long> itemsPerSecond, Optional<Duration> burst) {

  public LimitOverride {
    bytesPerSecond.ifPresent(rate -> LimitConfig.requireRate("bytes-per-second", rate));
    itemsPerSecond.ifPresent(rate -> LimitConfig.requireRate("items-per-second", rate));
    burst.ifPresent(LimitConfig::requireBurst);
  }

  LimitConfig over(LimitConfig limits) {
    return new LimitConfig(
        bytesPerSecond.orElse(limits.bytesPerSecond()),
        itemsPerSecond.orElse(limits.itemsPerSecond()),
        burst.orElse(limits.burst()));
  }
}
