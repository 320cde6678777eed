package io.millrace.standalone;

import io.millrace.daemon.InvalidConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What only the standalone pipeline needs to know.
 *
 * @param dataDir where Kafka's log, the output and the log file lie; made if missing; default
 *     ./millrace-data
 * @param kafkaPort port of the broker on 127.0.0.1; 0 for any free one; default 9092
 * @param catchUpTimeout how long a stop waits, once the gateway is closed, for what Kafka holds to
 *     be delivered, beyond the time the sampler needs to decide; what is not delivered by then is
 *     delivered after the next start; default 10 s
 */
public record StandaloneSection(Path dataDir, int kafkaPort, Duration catchUpTimeout) {

  public static final StandaloneSection DEFAULT =
      new StandaloneSection(Path.of("millrace-data"), 9092, Duration.ofSeconds(10));

  public StandaloneSection {
    if (kafkaPort < 0 || kafkaPort > 65535) {
      throw new InvalidConfig("kafka-port", kafkaPort, "0 to 65535");
    }
    if (catchUpTimeout.isNegative() || catchUpTimeout.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new InvalidConfig("catch-up-timeout", catchUpTimeout, "0s to 10m");
    }
  }
}
