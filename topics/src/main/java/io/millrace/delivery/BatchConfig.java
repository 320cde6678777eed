package io.millrace.delivery;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;

/**
 * When a batch is closed: at {@code maxBytes} or {@code maxWait}, whichever comes first.
 *
 * @param maxBytes encoded size of one batch, in bytes; a larger single record travels alone; 1 to
 *     64 MiB, default 1 MiB
 * @param maxWait age of the oldest record in the batch; 0 or more, default 200 ms
 */
public record BatchConfig(int maxBytes, Duration maxWait) {

  public static final BatchConfig DEFAULT = new BatchConfig(1 << 20, Duration.ofMillis(200));

  public BatchConfig {
    if (maxBytes < 1 || maxBytes > 64 << 20) {
      throw new InvalidConfig("max-bytes", maxBytes, "1 to 67108864");
    }
    if (maxWait.isNegative()) {
      throw new InvalidConfig("max-wait", maxWait, "0 or more");
    }
  }
}
