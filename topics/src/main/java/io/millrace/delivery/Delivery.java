package io.millrace.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One signal on its way to one destination, in a consumer group of its own: a thread that runs a
 * {@link DeliveryLoop} and, should it ever fail, starts another from the committed offsets.
 */
public final class Delivery implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Delivery.class);

  private static final Duration RESTART_WAIT = Duration.ofSeconds(1);

  private final Route route;
  private final KafkaConfig kafka;
  private final DeliveryConfig config;
  private final Supplier<Stage> stages;
  private final Destination destination;
  private final Extent extent;
  private final MeterRegistry registry;
  private final Ledger ledger;
  private final LoopStatus status;
  private final DeadLetters deadLetters;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  private volatile @Nullable DeliveryLoop loop;
  private volatile @Nullable String failure;

  /**
   * From where to where.
   *
   * @param signal what the topic holds
   * @param topic source topic
   * @param deadLetterTopic where its dead letters go
   * @param destination name of the destination, as in configuration and metric labels
   */
  public record Route(Signal signal, String topic, String deadLetterTopic, String destination) {

    String id() {
      return signal.id() + "-" + destination;
    }
  }

  private Delivery(
      Route route,
      KafkaConfig kafka,
      DeliveryConfig config,
      Supplier<Stage> stages,
      Destination destination,
      Extent extent,
      MeterRegistry registry) {
    this.route = route;
    this.kafka = kafka;
    this.config = config;
    this.stages = stages;
    this.destination = destination;
    this.extent = extent;
    this.registry = registry;
    this.ledger = new Ledger(route.signal(), route.destination(), registry);
    this.status = new LoopStatus(route.signal(), route.destination(), registry, Clock.systemUTC());
    this.deadLetters =
        DeadLetters.open(
            kafka, clientId("dead-letters"), route.deadLetterTopic(), route.destination());
    this.thread = new Thread(this::runLoops, "deliver-" + route.id());
  }

  /**
   * Starts delivering. Kafka need not be there yet.
   *
   * @param stages gives each loop its own stage
   * @param destination is closed with this delivery
   */
  public static Delivery start(
      Route route,
      KafkaConfig kafka,
      DeliveryConfig config,
      Supplier<Stage> stages,
      Destination destination,
      MeterRegistry registry) {
    return start(route, kafka, config, stages, destination, Extent.LIVE, registry);
  }

  /** Likewise of a part of the topic only. */
  public static Delivery start(
      Route route,
      KafkaConfig kafka,
      DeliveryConfig config,
      Supplier<Stage> stages,
      Destination destination,
      Extent extent,
      MeterRegistry registry) {
    Delivery delivery = new Delivery(route, kafka, config, stages, destination, extent, registry);
    delivery.thread.start();
    return delivery;
  }

  /** Why nothing can be delivered now, as far as Kafka is concerned; empty if it can. */
  public Optional<String> unready() {
    String failed = failure;
    if (failed != null) {
      return Optional.of(route.id() + ": " + failed);
    }
    if (!status.hasJoined()) {
      return Optional.of(
          "%s: has not joined its consumer group at %s yet"
              .formatted(route.id(), kafka.bootstrapServers()));
    }
    return status.isConnected()
        ? Optional.empty()
        : Optional.of(
            "%s: no connection to Kafka at %s".formatted(route.id(), kafka.bootstrapServers()));
  }

  private void runLoops() {
    while (stop.getCount() > 0) {
      try {
        runOnce();
      } catch (RuntimeException e) {
        ledger.loopRestarted();
        failure = e.toString();
        log.error("loop-restart: {} goes on from its committed offsets: {}", route.id(), e, e);
        awaitStop(RESTART_WAIT);
      }
    }
  }

  private void runOnce() {
    try (KafkaConsumer<byte[], byte[]> opened = openConsumer();
        ConsumerMeters meters = new ConsumerMeters(registry, opened, tags());
        Stage stage = extent.around(stages.get())) {
      DeliveryLoop current =
          new DeliveryLoop(
              route.signal(),
              config,
              new DeliveryLoop.Parts(
                  opened,
                  stage,
                  destination,
                  extent,
                  deadLetters,
                  new Backoff(config.retry(), RandomGenerator.getDefault()),
                  Ticker.SYSTEM),
              ledger,
              status);
      loop = current;
      if (stop.getCount() == 0) {
        return;
      }
      failure = null;
      current.run(route.topic());
      opened.close(CloseOptions.timeout(Duration.ofSeconds(5)));
    }
  }

  private KafkaConsumer<byte[], byte[]> openConsumer() {
    Map<String, Object> properties = kafka.clientProperties(clientId("consumer"));
    properties.put("group.id", config.group(route.signal(), route.destination()));
    properties.put("enable.auto.commit", false);
    // A missing offset is handled where it can be counted, not skipped over by the client.
    properties.put("auto.offset.reset", "none");
    properties.put("isolation.level", "read_committed");
    if (!properties.containsKey("group.protocol")) {
      properties.putIfAbsent(
          "partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
    }
    // What one poll may add to memory beyond the bound: records and one fetch ahead.
    properties.putIfAbsent("max.poll.records", 16);
    properties.putIfAbsent("fetch.max.bytes", 2 << 20);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private String clientId(String part) {
    return config.groupPrefix() + "-" + route.id() + "-" + part;
  }

  private Tags tags() {
    return Tags.of("signal", route.signal().id(), "destination", route.destination());
  }

  private void awaitStop(Duration atMost) {
    try {
      stop.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }

  /** Drains within the deadline of the configuration, commits, closes the destination. */
  @Override
  public void close() {
    stop.countDown();
    DeliveryLoop current = loop;
    if (current != null) {
      current.stop();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.warn("stopped waiting for {}: interrupted", route.id());
    }
    closeQuietly(deadLetters);
    closeQuietly(destination);
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (KafkaException e) {
      log.warn("close: {}", e.getMessage());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
