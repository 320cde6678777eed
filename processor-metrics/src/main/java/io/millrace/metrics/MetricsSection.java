package io.millrace.metrics;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.processor.ProcessorConfig;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metrics processor's own configuration.
 *
 * @param delivery how it delivers
 * @param destinations where to, by name
 */
public record MetricsSection(
    DeliveryConfig delivery, Map<String, MetricsDestination> destinations) {

  public static final MetricsSection DEFAULT = new MetricsSection(DeliveryConfig.DEFAULT, Map.of());

  public MetricsSection {
    destinations = Map.copyOf(destinations);
    common(delivery, destinations);
  }

  /** What is the same for every signal's processor. */
  public ProcessorConfig processor() {
    return common(delivery, destinations);
  }

  /** The same with other destinations. */
  public MetricsSection to(Map<String, MetricsDestination> others) {
    return new MetricsSection(delivery, others);
  }

  private static ProcessorConfig common(
      DeliveryConfig delivery, Map<String, MetricsDestination> destinations) {
    Map<String, DestinationConfig> common = new TreeMap<>();
    destinations.forEach((name, destination) -> common.put(name, destination.destination()));
    return new ProcessorConfig(delivery, common);
  }
}
