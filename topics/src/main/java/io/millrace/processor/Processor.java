package io.millrace.processor;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Delivery;
import io.millrace.delivery.Destination;
import io.millrace.delivery.Extent;
import io.millrace.delivery.Stage;
import io.millrace.destination.Destinations;
import io.millrace.otlp.Signal;
import io.millrace.processing.Processing;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** One signal's processor: a {@link Delivery} for each destination. */
public final class Processor implements Role {

  /**
   * By what name items are dropped of records that were redriven for another destination: there is
   * another copy of them, where they first came.
   */
  public static final String REDRIVEN_TO_ANOTHER = RedrivenRecords.RULE;

  private final List<Delivery> deliveries;

  /**
   * What a signal brings itself.
   *
   * @param stages gives the delivery to a destination, by its name, a stage of its own
   * @param destinations opens a destination by its name
   * @param extent which part of the topic is delivered
   */
  public record Parts(
      Function<String, Stage> stages, Function<String, Destination> destinations, Extent extent) {}

  private Processor(List<Delivery> deliveries) {
    this.deliveries = deliveries;
  }

  /**
   * Starts a delivery to every destination. Neither Kafka nor a backend need be there yet.
   *
   * @param stages gives the delivery to a destination, by its name, a stage of its own
   */
  public static Processor start(
      Signal signal,
      KafkaConfig kafka,
      TopicConfig topic,
      ProcessorConfig config,
      Function<String, Stage> stages,
      MeterRegistry registry) {
    var parts = new Parts(stages, name -> open(signal, config, name), Extent.LIVE);
    return start(signal, kafka, topic, config, parts, registry);
  }

  /** Opens a destination of the configuration by what its URL says. */
  public static Destination open(Signal signal, ProcessorConfig config, String name) {
    return Destinations.open(
        signal,
        requireNonNull(config.destinations().get(name)),
        config.delivery().maxRequestsInFlight());
  }

  /** Likewise of what a signal brings itself. */
  public static Processor start(
      Signal signal,
      KafkaConfig kafka,
      TopicConfig topic,
      ProcessorConfig config,
      Parts parts,
      MeterRegistry registry) {
    config.check(signal);
    List<Delivery> started = new ArrayList<>();
    Processor processor = new Processor(started);
    try {
      for (String name : new TreeSet<>(config.destinations().keySet())) {
        Destination destination = parts.destinations().apply(name);
        var route = new Delivery.Route(signal, topic.name(), topic.deadLetterName(), name);
        started.add(
            Delivery.start(
                route,
                kafka,
                config.delivery(),
                () -> stage(parts.stages(), route, config, registry),
                destination,
                parts.extent(),
                registry));
      }
      return processor;
    } catch (RuntimeException e) {
      processor.close();
      throw e;
    }
  }

  private static Stage stage(
      Function<String, Stage> stages,
      Delivery.Route route,
      ProcessorConfig config,
      MeterRegistry registry) {
    return Processing.after(
        new RedrivenRecords(stages.apply(route.destination()), route.destination()),
        route.signal(),
        config.processing(),
        route.destination(),
        registry);
  }

  @Override
  public Optional<String> unready() {
    return deliveries.stream().flatMap(delivery -> delivery.unready().stream()).findFirst();
  }

  /** All deliveries drain at the same time. */
  @Override
  public void close() {
    List<Thread> closers =
        deliveries.stream().map(delivery -> new Thread(delivery::close, "close-delivery")).toList();
    closers.forEach(Thread::start);
    for (Thread closer : closers) {
      try {
        closer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
