package io.millrace.processor;

import io.millrace.daemon.InvalidConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.otlp.Signal;
import io.millrace.processing.ProcessingConfig;
import java.util.Map;
import java.util.TreeMap;

/**
 * One signal's processor.
 *
 * @param delivery how it delivers
 * @param destinations where to, by name; each is a consumer group of its own, so that a slow one
 *     never holds up another. At least one is needed to run
 * @param processing what is done with items before they are delivered
 */
public record ProcessorConfig(
    DeliveryConfig delivery,
    Map<String, DestinationConfig> destinations,
    ProcessingConfig processing) {

  public static final ProcessorConfig DEFAULT =
      new ProcessorConfig(DeliveryConfig.DEFAULT, Map.of(), ProcessingConfig.DEFAULT);

  public ProcessorConfig {
    destinations = Map.copyOf(new TreeMap<>(destinations));
    destinations.forEach(
        (name, destination) -> {
          if (!name.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new InvalidConfig(
                "destinations", name, "names of 1 to 63 lower-case letters, digits or '-'");
          }
          if (destination.url().isEmpty()) {
            throw new InvalidConfig(
                "destinations." + name + ".url", "not set", "the URL of a backend");
          }
        });
  }

  /**
   * What can be said only of a signal, whose section this record is.
   *
   * @throws InvalidConfig if there is nowhere to deliver to, or a rule asks for what the signal has
   *     not
   */
  public void check(Signal signal) {
    if (destinations.isEmpty()) {
      throw new InvalidConfig(
          signal.id() + ".destinations",
          "none",
          "at least one, such as backend.url: http://host:4318");
    }
    try {
      processing.check(signal);
    } catch (InvalidConfig e) {
      throw e.under(signal.id() + ".processing");
    }
  }

  /** The same with other destinations. */
  public ProcessorConfig to(Map<String, DestinationConfig> others) {
    return new ProcessorConfig(delivery, others, processing);
  }
}
