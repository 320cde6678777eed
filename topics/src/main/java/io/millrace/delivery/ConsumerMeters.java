package io.millrace.delivery;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * A chosen few of the consumer's own metrics, {@code records-lag-max} as {@code
 * kafka_consumer_records_lag_max}; all of them would be some 800 lines. Closed with the consumer,
 * so that the next one's take their place.
 */
final class ConsumerMeters implements AutoCloseable {

  private static final Set<String> TOTALS =
      Set.of(
          "records-consumed-total",
          "bytes-consumed-total",
          "fetch-total",
          "rebalance-total",
          "failed-rebalance-total");

  private static final Set<String> LEVELS =
      Set.of(
          "records-lag-max",
          "fetch-latency-avg",
          "fetch-size-avg",
          "fetch-throttle-time-avg",
          "assigned-partitions",
          "connection-count");

  private static final Set<String> GROUPS =
      Set.of("consumer-metrics", "consumer-fetch-manager-metrics", "consumer-coordinator-metrics");

  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();

  ConsumerMeters(MeterRegistry registry, Consumer<?, ?> consumer, Tags tags) {
    this.registry = registry;
    for (Map.Entry<MetricName, ? extends Metric> entry : consumer.metrics().entrySet()) {
      // Kept per topic, partition and node too: those have more tags than the client's id.
      if (GROUPS.contains(entry.getKey().group()) && entry.getKey().tags().size() == 1) {
        add(entry.getKey(), entry.getValue(), tags);
      }
    }
  }

  private void add(MetricName name, Metric metric, Tags tags) {
    String meter = "kafka.consumer." + name.name().replace('-', '.');
    if (TOTALS.contains(name.name())) {
      meters.add(
          FunctionCounter.builder(meter.replace(".total", ""), metric, ConsumerMeters::value)
              .description(name.description())
              .tags(tags)
              .register(registry));
    } else if (LEVELS.contains(name.name())) {
      meters.add(
          Gauge.builder(meter, metric, ConsumerMeters::value)
              .description(name.description())
              .tags(tags)
              .strongReference(true)
              .register(registry));
    }
  }

  private static double value(Metric metric) {
    return metric.metricValue() instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
