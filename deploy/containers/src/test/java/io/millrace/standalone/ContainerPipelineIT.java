package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.containers.KafkaInContainer;
import io.millrace.daemon.ConfigReader;
import io.millrace.daemon.Role;
import io.millrace.gateway.Gateway;
import io.millrace.gateway.GatewayConfig;
import io.millrace.logs.LogsConfig;
import io.millrace.logs.LogsProcessor;
import io.millrace.metrics.MetricsConfig;
import io.millrace.metrics.MetricsProcessor;
import io.millrace.otlp.Signal;
import io.millrace.topics.TopicsAdmin;
import io.millrace.traces.TracesConfig;
import io.millrace.traces.TracesProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gateway, a Kafka in a container, each processor, a backend: what was acknowledged arrives, equal,
 * also when the container is killed under load and started again.
 */
@Tag(Broker.ANY)
class ContainerPipelineIT {

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int REQUESTS = 200;
  private static final Set<String> ROLES = Set.of("gateway", "traces", "metrics", "logs");

  @TempDir private Path folder;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<NumberedSender> senders = new ArrayList<>();

  @AfterEach
  void closeAll() {
    LastFirst.close(open);
  }

  @Test
  void shouldDeliverAllThatWasAcknowledgedThoughTheContainerIsKilled() throws Exception {
    // Given
    KafkaInContainer kafka = opened(KafkaInContainer.start());
    Backend backend = opened(Backend.start(0));
    int port = start(config(kafka.bootstrapServers(), backend.url()));
    for (Signal signal : Signal.values()) {
      senders.add(opened(NumberedSender.start(signal, port, 1)));
    }
    awaitAcknowledged(REQUESTS);

    // When
    kafka.kill();
    kafka.startAgain();
    awaitAcknowledged(2 * REQUESTS);
    senders.forEach(NumberedSender::close);

    // Then
    for (NumberedSender sender : senders) {
      await("all acknowledged " + sender.signal().id())
          .atMost(LONG)
          .untilAsserted(() -> assertDelivered(sender, backend.items(sender.signal())));
    }
  }

  /** Acknowledged by the gateway, of each signal. */
  private void awaitAcknowledged(int requests) {
    await("%d requests acknowledged".formatted(requests))
        .atMost(LONG)
        .until(() -> senders.stream().allMatch(one -> one.acknowledgedRequests() >= requests));
  }

  /** Whether what was not acknowledged arrives is open. */
  private static void assertDelivered(NumberedSender sender, List<Item> items) {
    BitSet lost = sender.acknowledged();
    for (Item item : items) {
      int number = NumberedItems.number(sender.signal(), item);
      assertThat(number).isLessThan(sender.next());
      assertThat(item).isEqualTo(NumberedItems.item(sender.signal(), number));
      lost.clear(number);
    }
    assertThat(lost.isEmpty()).as("lost: %s", lost).isTrue();
  }

  /** Starts the roles one by one; gives the gateway's port for OTLP/HTTP. */
  private int start(Path file) {
    GatewayConfig config = read(GatewayConfig.DEFAULT, file);
    try (TopicsAdmin admin = TopicsAdmin.connect(config.kafka())) {
      for (Signal signal : Signal.values()) {
        assertThat(admin.apply(config.topics().catalogue(signal))).isEmpty();
      }
    }
    Gateway gateway = Gateway.start(config, registry);
    List<Role> roles =
        List.of(
            opened(TracesProcessor.start(read(TracesConfig.DEFAULT, file), registry)),
            opened(MetricsProcessor.start(read(MetricsConfig.DEFAULT, file), registry)),
            opened(LogsProcessor.start(read(LogsConfig.DEFAULT, file), registry)),
            opened(gateway));
    await("all roles ready")
        .atMost(LONG)
        .until(() -> roles.stream().allMatch(role -> role.unready().isEmpty()));
    return gateway.httpPort();
  }

  private static <C extends Record> C read(C defaults, Path file) {
    return ConfigReader.read(defaults, ROLES, file, List.of(), Map.of());
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  private Path config(String bootstrapServers, String backend) throws Exception {
    Path file = folder.resolve("millrace.yaml");
    Files.writeString(
        file,
        """
        kafka: {bootstrap-servers: '%s'}
        topics:
          traces: {partitions: 3, replication-factor: 1}
          metrics: {partitions: 3, replication-factor: 1}
          logs: {partitions: 3, replication-factor: 1}
        gateway:
          grpc: {port: 0}
          http: {port: 0}
        traces: {destinations: {backend: {url: '%s'}}}
        metrics: {destinations: {backend: {url: '%s'}}}
        logs: {destinations: {backend: {url: '%s'}}}
        """
            .formatted(bootstrapServers, backend, backend, backend));
    return file;
  }
}
