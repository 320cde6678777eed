package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;

/**
 * How records are gathered and sent to Kafka.
 *
 * @param linger how long a record may wait for others of its partition, so the least latency of an
 *     answer; 0 to 1 s, default 20 ms: fuller batches take a quarter less room on Kafka
 * @param batchBytes largest batch of one partition, compressed; 1 KiB to 16 MiB, default 256 KiB
 * @param compression of batches; default zstd
 * @param deliveryTimeout when a request that Kafka has not acknowledged is refused; 2 s to 5 min,
 *     default 9 s: an OTLP exporter gives up after 10 s by default, and an answer that says when to
 *     retry is better than none
 */
public record PublisherConfig(
    Duration linger, int batchBytes, Compression compression, Duration deliveryTimeout) {

  public static final PublisherConfig DEFAULT =
      new PublisherConfig(
          Duration.ofMillis(20), 256 << 10, Compression.ZSTD, Duration.ofSeconds(9));

  /** Kafka's {@code compression.type}. */
  public enum Compression {
    NONE,
    GZIP,
    SNAPPY,
    LZ4,
    ZSTD
  }

  public PublisherConfig {
    if (linger.isNegative() || linger.compareTo(Duration.ofSeconds(1)) > 0) {
      throw new InvalidConfig("linger", linger, "0s to 1s");
    }
    if (batchBytes < 1 << 10 || batchBytes > 16 << 20) {
      throw new InvalidConfig("batch-bytes", batchBytes, "1024 to 16777216");
    }
    if (deliveryTimeout.compareTo(Duration.ofSeconds(2)) < 0
        || deliveryTimeout.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new InvalidConfig("delivery-timeout", deliveryTimeout, "2s to 5m");
    }
  }
}
