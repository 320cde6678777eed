package io.millrace.delivery;

import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Signal;
import java.time.Duration;

/**
 * How one processor delivers.
 *
 * @param groupPrefix consumer groups are {@code <prefix>-<signal>-<destination>}; default millrace
 * @param batch when a batch is closed
 * @param retry how long to wait before sending again
 * @param maxInFlightBytes bytes of records taken from Kafka and not settled, per destination; the
 *     assigned partitions share them evenly; 1 MiB or more, default 32 MiB
 * @param maxRequestsInFlight requests under way at once, per destination; 1 to 1024, default 16
 * @param commitInterval time between commits of what is settled; default 1 s
 * @param drainTimeout how long a stop or a rebalance waits for what is in flight; default 10 s
 */
public record DeliveryConfig(
    String groupPrefix,
    BatchConfig batch,
    RetryConfig retry,
    long maxInFlightBytes,
    int maxRequestsInFlight,
    Duration commitInterval,
    Duration drainTimeout) {

  public static final DeliveryConfig DEFAULT =
      new DeliveryConfig(
          "millrace",
          BatchConfig.DEFAULT,
          RetryConfig.DEFAULT,
          32 << 20,
          16,
          Duration.ofSeconds(1),
          Duration.ofSeconds(10));

  public DeliveryConfig {
    if (groupPrefix.isBlank()) {
      throw new InvalidConfig("group-prefix", "\"" + groupPrefix + "\"", "a name");
    }
    if (maxInFlightBytes < 1 << 20) {
      throw new InvalidConfig("max-in-flight-bytes", maxInFlightBytes, "1048576 or more");
    }
    if (maxRequestsInFlight < 1 || maxRequestsInFlight > 1024) {
      throw new InvalidConfig("max-requests-in-flight", maxRequestsInFlight, "1 to 1024");
    }
    if (commitInterval.isNegative()) {
      throw new InvalidConfig("commit-interval", commitInterval, "0 or more");
    }
    // The group coordinator waits max.poll.interval.ms, 5 minutes, for a member that rebalances.
    if (drainTimeout.isNegative() || drainTimeout.compareTo(Duration.ofMinutes(4)) > 0) {
      throw new InvalidConfig("drain-timeout", drainTimeout, "0s to 4m");
    }
  }

  /** The consumer group that delivers a signal to a destination. */
  public String group(Signal signal, String destination) {
    return "%s-%s-%s".formatted(groupPrefix, signal.id(), destination);
  }
}
