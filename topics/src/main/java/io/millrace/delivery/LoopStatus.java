package io.millrace.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.otlp.Signal;
import java.time.Clock;
import java.util.Collection;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far behind a loop is, and whether it has joined its group. Written by the loop's thread, read
 * by any.
 */
final class LoopStatus {

  private static final Logger log = LoggerFactory.getLogger(LoopStatus.class);

  private final Clock clock;
  private final String name;
  private final PartitionLags lags;
  private volatile boolean joined;
  private volatile boolean connected = true;
  private volatile long oldestTimestamp = -1;

  LoopStatus(Signal signal, String destination, MeterRegistry registry, Clock clock) {
    this.clock = clock;
    this.name = signal.id() + "-" + destination;
    Tags tags = Tags.of("signal", signal.id(), "destination", destination);
    this.lags = new PartitionLags(registry, tags, clock);
    Gauge.builder("millrace.lag", this, LoopStatus::lagSeconds)
        .baseUnit("seconds")
        .description("now minus the append time of the oldest record not settled")
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  void assigned() {
    joined = true;
  }

  /**
   * @param ends offset behind the last record of a partition, as far as it is known
   */
  void turned(Collection<AssignedPartition> partitions, ToLongFunction<AssignedPartition> ends) {
    lags.turned(partitions, ends);
    long oldest = Long.MAX_VALUE;
    for (AssignedPartition partition : partitions) {
      long timestamp = partition.oldestTimestamp();
      if (timestamp >= 0) {
        oldest = Math.min(oldest, timestamp);
      }
    }
    oldestTimestamp = oldest == Long.MAX_VALUE ? -1 : oldest;
  }

  /** Says once that Kafka is away, and once that it is back; the client itself would repeat it. */
  void connections(long count) {
    boolean now = count > 0;
    if (joined && now != connected) {
      if (now) {
        log.info("{}: connected to Kafka again", name);
      } else {
        log.warn("kafka-away: {} has no connection to Kafka and waits", name);
      }
      connected = now;
    }
  }

  boolean hasJoined() {
    return joined;
  }

  boolean isConnected() {
    return connected;
  }

  /** Seconds since the oldest record that is not settled was appended; 0 when nothing waits. */
  private double lagSeconds() {
    long oldest = oldestTimestamp;
    return oldest < 0 ? 0 : Math.max(0, clock.millis() - oldest) / 1000.0;
  }
}
