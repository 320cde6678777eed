package io.millrace.logs;

import io.millrace.delivery.DeliveryConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processor.ProcessorConfig;
import java.util.Map;
import java.util.TreeMap;

/**
 * The logs processor's own configuration.
 *
 * @param delivery how it delivers
 * @param destinations where to, by name
 * @param processing what is done with log records before they are delivered
 */
public record LogsSection(
    DeliveryConfig delivery,
    Map<String, LogsDestination> destinations,
    ProcessingConfig processing) {

  public static final LogsSection DEFAULT =
      new LogsSection(DeliveryConfig.DEFAULT, Map.of(), ProcessingConfig.DEFAULT);

  public LogsSection {
    destinations = Map.copyOf(destinations);
    common(delivery, destinations, processing);
  }

  /** What is the same for every signal's processor. */
  public ProcessorConfig processor() {
    return common(delivery, destinations, processing);
  }

  /** The same with other destinations. */
  public LogsSection to(Map<String, LogsDestination> others) {
    return new LogsSection(delivery, others, processing);
  }

  /** The same with another stage of processing. */
  public LogsSection withProcessing(ProcessingConfig other) {
    return new LogsSection(delivery, destinations, other);
  }

  private static ProcessorConfig common(
      DeliveryConfig delivery,
      Map<String, LogsDestination> destinations,
      ProcessingConfig processing) {
    Map<String, DestinationConfig> common = new TreeMap<>();
    destinations.forEach((name, destination) -> common.put(name, destination.complete()));
    return new ProcessorConfig(delivery, common, processing);
  }
}
