package io.millrace.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * A chosen few of the producer's own metrics, of whichever there is now, {@code record-send-total}
 * as {@code kafka_producer_record_send_total}. All of them would be some 800 lines.
 */
final class ProducerMeters {

  private static final Set<String> TOTALS =
      Set.of(
          "record-send-total", "record-retry-total", "record-error-total", "outgoing-byte-total");

  private static final Set<String> LEVELS =
      Set.of(
          "batch-size-avg",
          "buffer-available-bytes",
          "compression-rate-avg",
          "produce-throttle-time-avg",
          "record-queue-time-avg",
          "request-latency-avg");

  private ProducerMeters() {}

  static void register(MeterRegistry registry, RenewableProducer producer) {
    producer
        .metrics()
        .forEach(
            (name, metric) -> {
              if (name.group().equals("producer-metrics")) { // also kept per node and per topic
                register(registry, producer, name);
              }
            });
  }

  private static void register(
      MeterRegistry registry, RenewableProducer producer, MetricName name) {
    String meter = "kafka.producer." + name.name().replace('-', '.');
    if (TOTALS.contains(name.name())) {
      FunctionCounter.builder(meter.replace(".total", ""), producer, it -> value(it, name))
          .description(name.description())
          .register(registry);
    } else if (LEVELS.contains(name.name())) {
      Gauge.builder(meter, producer, it -> value(it, name))
          .description(name.description())
          .strongReference(true)
          .register(registry);
    }
  }

  private static double value(RenewableProducer producer, MetricName name) {
    Metric metric = producer.metrics().get(name);
    return metric != null && metric.metricValue() instanceof Number number
        ? number.doubleValue()
        : Double.NaN;
  }
}
