package io.millrace.delivery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * How far behind each assigned partition is, in records, bytes and seconds. Written by the loop's
 * thread, read by any.
 *
 * <p>Bytes are an estimate: records times the average size of those last read of the partition,
 * uncompressed.
 */
final class PartitionLags {

  private final MeterRegistry registry;
  private final Tags tags;
  private final Clock clock;
  private final Map<TopicPartition, Lag> lags = new HashMap<>();

  private static final class Lag {

    private final List<Meter> meters = new ArrayList<>();
    private volatile long records;
    private volatile double bytesPerRecord;
    private volatile long oldestTimestamp = -1;
  }

  PartitionLags(MeterRegistry registry, Tags tags, Clock clock) {
    this.registry = registry;
    this.tags = tags;
    this.clock = clock;
  }

  /**
   * Takes note of where the partitions are; those that are not among them are told no more.
   *
   * @param ends offset behind the last record of a partition, as far as it is known
   */
  void turned(Collection<AssignedPartition> partitions, ToLongFunction<AssignedPartition> ends) {
    for (AssignedPartition partition : partitions) {
      Lag lag = lags.computeIfAbsent(partition.id, this::register);
      lag.records = Math.max(0, ends.applyAsLong(partition) - partition.nextOffset());
      lag.bytesPerRecord = partition.bytesPerRecord();
      lag.oldestTimestamp = partition.oldestTimestamp();
    }
    if (lags.size() > partitions.size()) {
      Set<TopicPartition> assigned = new HashSet<>();
      partitions.forEach(partition -> assigned.add(partition.id));
      lags.forEach(
          (id, lag) -> {
            if (!assigned.contains(id)) {
              lag.meters.forEach(registry::remove);
            }
          });
      lags.keySet().retainAll(assigned);
    }
  }

  private Lag register(TopicPartition id) {
    Lag lag = new Lag();
    gauge(id, lag, "records", "records not settled", it -> it.records);
    gauge(
        id,
        lag,
        "bytes",
        "records not settled, times the average size of those last read",
        it -> it.records * it.bytesPerRecord);
    gauge(
        id,
        lag,
        "seconds",
        "now minus the append time of the oldest record not settled",
        this::seconds);
    return lag;
  }

  private void gauge(
      TopicPartition id, Lag lag, String unit, String description, ToDoubleFunction<Lag> figure) {
    lag.meters.add(
        Gauge.builder("millrace.partition.lag." + unit, lag, figure)
            .description(description)
            .tags(tags.and("partition", Integer.toString(id.partition())))
            .strongReference(true)
            .register(registry));
  }

  private double seconds(Lag lag) {
    long oldest = lag.oldestTimestamp;
    return oldest < 0 ? 0 : Math.max(0, clock.millis() - oldest) / 1000.0;
  }
}
