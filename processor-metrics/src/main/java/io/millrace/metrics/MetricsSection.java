package io.millrace.metrics;

import io.millrace.daemon.InvalidConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.metrics.delta.DeltaConfig;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processor.ProcessorConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metrics processor's own configuration.
 *
 * @param delivery how it delivers
 * @param destinations where to, by name; at least one is needed to run, or to sum delta points
 * @param processing what is done with data points before they are delivered
 * @param delta whether delta points are summed, and how
 */
public record MetricsSection(
    DeliveryConfig delivery,
    Map<String, MetricsDestination> destinations,
    ProcessingConfig processing,
    DeltaConfig delta) {

  public static final MetricsSection DEFAULT =
      new MetricsSection(
          DeliveryConfig.DEFAULT, Map.of(), ProcessingConfig.DEFAULT, DeltaConfig.DEFAULT);

  /** A destination of this name would have the consumer group that sums delta points. */
  static final String DELTA = "delta";

  public MetricsSection {
    destinations = Map.copyOf(destinations);
    common(delivery, destinations, processing);
    if (delta.enabled() && destinations.containsKey(DELTA)) {
      throw new InvalidConfig(
          "destinations", DELTA, "another name: metrics.delta has the consumer group of this one");
    }
  }

  /** A process of its own for sums: it delivers nothing. */
  boolean onlySums() {
    return delta.enabled() && destinations.isEmpty();
  }

  /** What is the same for every signal's processor. */
  public ProcessorConfig processor() {
    return common(delivery, destinations, processing);
  }

  /** The same with other destinations. */
  public MetricsSection to(Map<String, MetricsDestination> others) {
    return new MetricsSection(delivery, others, processing, delta);
  }

  /** The same with the state of sums in another folder. */
  public MetricsSection withStateIn(Path folder) {
    return new MetricsSection(delivery, destinations, processing, delta.in(folder));
  }

  /** The same with another stage of processing. */
  public MetricsSection withProcessing(ProcessingConfig other) {
    return new MetricsSection(delivery, destinations, other, delta);
  }

  private static ProcessorConfig common(
      DeliveryConfig delivery,
      Map<String, MetricsDestination> destinations,
      ProcessingConfig processing) {
    Map<String, DestinationConfig> common = new TreeMap<>();
    destinations.forEach((name, destination) -> common.put(name, destination.destination()));
    return new ProcessorConfig(delivery, common, processing);
  }
}
