package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.Secret;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting and stopping. */
@Tag(Broker.ANY)
class GatewayIT {

  private static final KafkaConfig KAFKA_AWAY = new KafkaConfig("127.0.0.1:1", Map.of());

  @Test
  void shouldNameABusyPort() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      ListenerConfig free = new ListenerConfig("127.0.0.1", 0);
      ListenerConfig busy = new ListenerConfig("127.0.0.1", port);

      assertThatThrownBy(() -> start(KAFKA_AWAY, listeners(busy, free)))
          .isInstanceOf(CannotStart.class)
          .hasMessage(
              "gateway.grpc.port: "
                  + port
                  + " (expected: a free port; another process listens there)");
      assertThatThrownBy(() -> start(KAFKA_AWAY, listeners(free, busy)))
          .isInstanceOf(CannotStart.class)
          .hasMessageStartingWith("gateway.http.port: " + port);
    }
  }

  @Test
  void shouldSayWhatKafkaRefuses() {
    KafkaConfig kafka =
        new KafkaConfig("127.0.0.1:1", Map.of("security.protocol", new Secret("NONSENSE")));
    assertThatThrownBy(() -> start(kafka, TestPipeline.section()))
        .isInstanceOf(CannotStart.class)
        .hasMessageStartingWith("kafka: ")
        .hasMessageContaining("security.protocol");
  }

  @Test
  void shouldAnswerWhatItHasTakenBeforeItStops(@TempDir Path dir) throws Exception {
    try (Broker broker = Broker.forTests(dir)) {
      // Given: a request that waits for others of its partition
      TestPipeline pipeline =
          TestPipeline.start(
              broker, TestPipeline.section(1 << 20, 4 << 20, Duration.ofMillis(1000)));
      CompletableFuture<HttpResponse<byte[]>> taken =
          HttpClient.newHttpClient()
              .sendAsync(
                  HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
                      .header("content-type", "application/x-protobuf")
                      .POST(BodyPublishers.ofByteArray(Otlp.spans(1, 3).toByteArray()))
                      .build(),
                  BodyHandlers.ofByteArray());
      await().pollInterval(Duration.ofMillis(5)).until(() -> pipeline.gauge("in.flight.items") > 0);

      // When
      pipeline.close();

      // Then
      assertThat(taken.join().statusCode()).isEqualTo(200);
      assertThat(pipeline.gateway.unready()).contains("stopping");
      assertThat(
              pipeline.records(Signal.TRACES).stream()
                  .mapToInt(record -> Otlp.items(record.headers()))
                  .sum())
          .isEqualTo(3);
      pipeline.close(); // a second time changes nothing
    }
    LeakWatch.assertNone();
  }

  @Test
  void shouldShowTheProducersOwnMeters(@TempDir Path dir) {
    try (Broker broker = Broker.forTests(dir);
        TestPipeline pipeline = TestPipeline.start(broker)) {
      assertThat(pipeline.registry.find("kafka.producer.record.send").functionCounter())
          .isNotNull();
      assertThat(pipeline.registry.get("kafka.producer.buffer.available.bytes").gauge().value())
          .isPositive();
      assertThat(
              pipeline.registry.getMeters().stream()
                  .filter(meter -> meter.getId().getName().startsWith("kafka.producer")))
          .hasSize(10);
    }
  }

  private static Gateway start(KafkaConfig kafka, GatewaySection section) {
    return Gateway.start(
        new GatewayConfig(kafka, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, section),
        new SimpleMeterRegistry());
  }

  private static GatewaySection listeners(ListenerConfig grpc, ListenerConfig http) {
    GatewaySection section = TestPipeline.section();
    return new GatewaySection(
        grpc,
        http,
        section.connections(),
        CorsConfig.NONE,
        section.credentials(),
        section.tenants(),
        section.maxRequestBytes(),
        section.maxInFlightBytes(),
        section.partitionLogsBy(),
        section.hasher(),
        section.metadataHeaders(),
        section.producer(),
        section.drainTimeout());
  }
}
