package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway with room for four of the largest requests; its records wait a second for others. */
class CapacityIT {

  private static final ExportTraceServiceRequest FIRST = Otlp.spans(1, 1, 40_000);
  private static final ExportTraceServiceRequest SECOND = Otlp.spans(2, 1, 40_000);

  @TempDir static Path dir;
  private static EmbeddedBroker broker;
  private static TestPipeline pipeline;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(dir, 0);
    pipeline =
        TestPipeline.start(
            broker, TestPipeline.section(64 << 10, 256 << 10, Duration.ofMillis(1000)));
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
            .usePlaintext()
            .build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    pipeline.close();
    broker.close();
  }

  @BeforeEach
  void begin() {
    pipeline.forget();
  }

  @AfterEach
  void shouldBalance() {
    pipeline.assertBalanced();
    LeakWatch.assertNone();
  }

  @Test
  void shouldRefuseOverHttpAtOnceAndTakeTheSameLater() throws Exception {
    // Given
    List<Socket> slow = slowSenders();

    // When
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest second =
        HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
            .header("content-type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(SECOND.toByteArray()))
            .build();
    var refused = client.send(second, BodyHandlers.ofByteArray());

    // Then
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).contains("1");
    assertThat(Status.parseFrom(refused.body()).getDetails(0).is(RetryInfo.class)).isTrue();
    hangUp(slow);
    assertThat(client.send(second, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
    assertThat(pipeline.counter("published.items")).isEqualTo(1);
  }

  @Test
  void shouldRefuseOverGrpcWithTheTimeToComeBack() throws Exception {
    // Given
    List<Socket> slow = slowSenders();

    // When, Then
    assertThatThrownBy(() -> TraceServiceGrpc.newBlockingStub(channel).export(SECOND))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              assertThat(StatusProto.fromThrowable(e).getDetails(0).is(RetryInfo.class)).isTrue();
            });
    hangUp(slow);
    assertThat(TraceServiceGrpc.newBlockingStub(channel).export(SECOND)).isNotNull();
    assertThat(pipeline.counter("refused.requests", "reason", "over_capacity")).isEqualTo(1);
  }

  @Test
  void shouldCountWhatGrpcDecompressesWhileItDoes() throws Exception {
    // Given
    List<Socket> slow = slowSenders();
    byte[] bomb = new byte[60_000]; // a few bytes as sent

    // When, Then
    assertThatThrownBy(() -> gzipped(bomb))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              assertThat(StatusProto.fromThrowable(e).getDetails(0).is(RetryInfo.class)).isTrue();
            });
    hangUp(slow);
    assertThatThrownBy(() -> gzipped(bomb)).hasMessageContaining("INVALID_ARGUMENT");
    assertThatThrownBy(() -> gzipped(new byte[100 << 20]))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              assertThat(StatusProto.fromThrowable(e).getDetailsList()).isEmpty();
            });
    assertThat(pipeline.counter("refused.requests", "reason", "over_capacity")).isEqualTo(1);
    assertThat(pipeline.counter("refused.requests", "reason", "too_large")).isEqualTo(1);
  }

  private static byte[] gzipped(byte[] message) {
    return ClientCalls.blockingUnaryCall(
        channel,
        GrpcEndpoint.method(Signal.TRACES),
        CallOptions.DEFAULT.withCompression("gzip"),
        message);
  }

  /** They have sent most of a request each, and now nothing. */
  private static List<Socket> slowSenders() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Socket socket = new Socket("127.0.0.1", pipeline.gateway.httpPort());
      sockets.add(socket);
      String head =
          "POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-protobuf\r\n"
              + "Content-Length: 65536\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(US_ASCII));
      socket.getOutputStream().write(new byte[60_000]);
      socket.getOutputStream().flush();
    }
    await()
        .untilAsserted(
            () ->
                assertThat(pipeline.gauge("in.flight.bytes"))
                    .isEqualTo(4 * (60_000 + BodyWatch.CALL_BYTES)));
    return sockets;
  }

  private static void hangUp(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    await().until(() -> pipeline.gauge("in.flight.bytes") == 0);
  }

  @Test
  void shouldReleaseARequestWhoseClientHasGone() {
    Future<ExportTraceServiceResponse> taken = take();

    taken.cancel(true);

    // Stored nevertheless, which the client cannot know: it may send it again.
    await().untilAsserted(() -> assertThat(pipeline.counter("published.items")).isEqualTo(1));
  }

  private static Future<ExportTraceServiceResponse> take() {
    Future<ExportTraceServiceResponse> call = TraceServiceGrpc.newFutureStub(channel).export(FIRST);
    await().pollInterval(Duration.ofMillis(5)).until(() -> pipeline.gauge("in.flight.items") > 0);
    return call;
  }
}
