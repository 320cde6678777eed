package io.millrace.processor;

import io.millrace.daemon.InvalidConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.destination.DestinationConfig;
import java.util.Map;
import java.util.TreeMap;

/**
 * One signal's processor.
 *
 * @param delivery how it delivers
 * @param destinations where to, by name; each is a consumer group of its own, so that a slow one
 *     never holds up another. At least one is needed to run
 */
public record ProcessorConfig(
    DeliveryConfig delivery, Map<String, DestinationConfig> destinations) {

  public static final ProcessorConfig DEFAULT =
      new ProcessorConfig(DeliveryConfig.DEFAULT, Map.of());

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
   * @param section where this record stands in the configuration
   * @throws InvalidConfig if there is nowhere to deliver to
   */
  public void requireDestination(String section) {
    if (destinations.isEmpty()) {
      throw new InvalidConfig(
          section + ".destinations", "none", "at least one, such as backend.url: http://host:4318");
    }
  }
}
