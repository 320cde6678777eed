package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients and load balancers see of a gateway whose Kafka is away, or lacks something. */
class KafkaAwayIT {

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldRefuseWhileKafkaIsAwayAndRecoverByItself(@TempDir Path dir) throws Exception {
    // Given
    EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    try (TestPipeline pipeline = TestPipeline.start(broker)) {
      ManagedChannel channel = channel(pipeline);
      var client = TraceServiceGrpc.newBlockingStub(channel);
      assertThat(post(pipeline, Otlp.spans(1, 5)).statusCode()).isEqualTo(200);
      assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);

      // When
      broker.close();

      // Then: refused at once or after the delivery timeout, whether it was noticed yet or not
      HttpResponse<byte[]> refused = post(pipeline, Otlp.spans(2, 5));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).contains("5");
      assertThatThrownBy(() -> client.export(Otlp.spans(3, 5)))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
                assertThat(StatusProto.fromThrowable(e).getDetails(0).is(RetryInfo.class)).isTrue();
              });
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(pipeline.gateway.unready().orElse("ready"))
                      .startsWith("Kafka at 127.0.0.1:" + port + ": "));
      await().until(() -> health(channel) == ServingStatus.NOT_SERVING);
      assertThat(pipeline.gauge("in.flight.bytes")).isZero();

      // When
      broker = EmbeddedBroker.start(dir, port);

      // Then
      pipeline.awaitReady();
      await().until(() -> health(channel) == ServingStatus.SERVING);
      assertThat(post(pipeline, Otlp.spans(4, 5)).statusCode()).isEqualTo(200);
      assertThat(client.export(Otlp.spans(5, 5)).hasPartialSuccess()).isFalse();
      assertThat(pipeline.counter("published.items")).isEqualTo(15);
      assertThat(pipeline.counter("received.items"))
          .isEqualTo(pipeline.counter("published.items") + pipeline.counter("refused.items"));
      channel.shutdownNow();
    } finally {
      broker.close();
    }
    LeakWatch.assertNone();
  }

  @Test
  void shouldNameMissingTopicsAndStartWhenTheyAreMade(@TempDir Path dir) throws Exception {
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(dir, 0, Map.of("auto.create.topics.enable", "false"));
        TestPipeline pipeline = TestPipeline.startWithoutTopics(broker.bootstrapServers())) {
      String traces = pipeline.topics.of(Signal.TRACES).name();
      String missing =
          "topic " + traces + ": missing (expected: 4 partitions; run \"millrace topics apply\")";
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(pipeline.gateway.unready().orElse("ready")).startsWith(missing));
      HttpResponse<byte[]> refused = post(pipeline, Otlp.spans(1, 1));
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(com.google.rpc.Status.parseFrom(refused.body()).getMessage()).isEqualTo(missing);

      TestPipeline.createTopics(broker.bootstrapServers(), pipeline.topics);

      pipeline.awaitReady();
      assertThat(post(pipeline, Otlp.spans(1, 1)).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void shouldNotBeReadyWithoutEnoughInSyncReplicas(@TempDir Path dir) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        TestPipeline pipeline = TestPipeline.start(broker)) {
      String logs = pipeline.topics.of(Signal.LOGS).name();

      setMinInsyncReplicas(broker, logs, 2);

      await()
          .untilAsserted(
              () ->
                  assertThat(pipeline.gateway.unready())
                      .contains(
                          "topic "
                              + logs
                              + ": 4 of 4 partitions cannot be written"
                              + " (expected: 2 in-sync replicas each)"));
      // The other signals go on.
      assertThat(post(pipeline, Otlp.spans(1, 1)).statusCode()).isEqualTo(200);

      setMinInsyncReplicas(broker, logs, 1);

      pipeline.awaitReady();
    }
  }

  @Test
  void shouldStartWithoutKafka() {
    try (TestPipeline pipeline = TestPipeline.startWithoutTopics("127.0.0.1:1")) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(pipeline.gateway.unready().orElse("ready"))
                      .startsWith("Kafka at 127.0.0.1:1: "));
    }
  }

  private static void setMinInsyncReplicas(EmbeddedBroker broker, String topic, int replicas) {
    var set =
        new AlterConfigOp(
            new ConfigEntry("min.insync.replicas", Integer.toString(replicas)),
            AlterConfigOp.OpType.SET);
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(Map.of(resource, List.of(set)))
          .all()
          .toCompletionStage()
          .toCompletableFuture()
          .join();
    }
  }

  private HttpResponse<byte[]> post(TestPipeline pipeline, ExportTraceServiceRequest request)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
            .header("content-type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(request.toByteArray()))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private static ManagedChannel channel(TestPipeline pipeline) {
    return NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
        .usePlaintext()
        .build();
  }

  private static ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}
