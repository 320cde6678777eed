package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway with room for four of the largest requests. The tenant {@code noisy} may send one byte
 * a second, and has sent far more.
 */
class TenantsIT {

  private static final String PROTOBUF = "application/x-protobuf";

  @TempDir static Path dir;
  private static EmbeddedBroker broker;
  private static TestPipeline pipeline;
  private static ManagedChannel channel;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(dir, 0);
    pipeline =
        TestPipeline.start(
            broker,
            TestPipeline.configured(
                "max-request-bytes=64KiB",
                "max-in-flight-bytes=256KiB",
                "tenants.known=[noisy, quiet]",
                "tenants.default-tenant=quiet",
                "tenants.overrides.noisy={bytes-per-second: 1, burst: 1s}"));
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
            .usePlaintext()
            .build();
    // A bucket that is full admits one request of any size.
    assertThat(stub("noisy").export(Otlp.spans(1, 1, 40_000))).isNotNull();
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

  /** Four such senders would fill the gateway; see CapacityIT. */
  @Test
  void shouldRefuseANoisyTenantBeforeItsBodiesAreRead() throws Exception {
    // Given: many slow senders that wait for their answer in the middle of their body
    List<Socket> noisy = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Socket socket = new Socket("127.0.0.1", pipeline.gateway.httpPort());
      noisy.add(socket);
      assertThat(answerToHalfARequest(socket, "noisy")).startsWith("HTTP/1.1 429 ");
    }

    // When: they are all still there
    for (int i = 0; i < 8; i++) {
      assertThat(post("quiet", Otlp.spans(i, 1, 40_000)).statusCode()).isEqualTo(200);
    }

    // Then
    assertThat(pipeline.counter("refused.requests", "reason", "over_tenant_limit")).isEqualTo(8);
    assertThat(pipeline.counter("refused.requests", "reason", "over_capacity")).isZero();
    assertThat(refusedToNoisy()).isEqualTo(8);
    for (Socket socket : noisy) {
      socket.close();
    }
  }

  private static String answerToHalfARequest(Socket socket, String tenant) throws IOException {
    String head =
        "POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-protobuf\r\n"
            + "X-Scope-OrgID: %s\r\nContent-Length: 65536\r\n\r\n".formatted(tenant);
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    socket.getOutputStream().write(new byte[10_000]);
    socket.getOutputStream().flush();
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
  }

  @Test
  void shouldServeAQuietTenantWhileANoisyOneFloods() throws Exception {
    // Given
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger refused = new AtomicInteger();
    List<CompletableFuture<Void>> floods = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      floods.add(CompletableFuture.runAsync(() -> flood(enough, refused)));
    }
    await().until(() -> refused.get() > 20);

    // When
    for (int i = 0; i < 50; i++) {
      assertThat(stub("quiet").export(Otlp.spans(i, 1, 40_000))).isNotNull();
      assertThat(post("quiet", Otlp.spans(i, 1, 40_000)).statusCode()).isEqualTo(200);
    }

    // Then
    enough.set(true);
    floods.forEach(CompletableFuture::join);
    assertThat(pipeline.counter("published.items")).isEqualTo(100);
    assertThat(refusedToNoisy()).isEqualTo(refused.get());
    assertThat(pipeline.counter("refused.requests")).isEqualTo(refused.get());
    assertThat(pipeline.records(Signal.TRACES))
        .allSatisfy(
            record ->
                assertThat(RecordHeaders.get(record.headers(), RecordHeaders.TENANT))
                    .contains("quiet"));
  }

  private static void flood(AtomicBoolean enough, AtomicInteger refused) {
    TraceServiceBlockingStub noisy = stub("noisy");
    ExportTraceServiceRequest request = Otlp.spans(7, 1, 60_000);
    while (!enough.get()) {
      assertThatThrownBy(() -> noisy.export(request)).hasMessageContaining("over its limit");
      refused.incrementAndGet();
    }
  }

  @Test
  void shouldSayOverGrpcWhenThereIsRoom() {
    assertThatThrownBy(() -> stub("noisy").export(Otlp.spans(1, 1)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              assertThat(seconds(StatusProto.fromThrowable(e))).isGreaterThan(10_000);
              RetryInfo alone =
                  e.getTrailers().get(ProtoUtils.keyForProto(RetryInfo.getDefaultInstance()));
              assertThat(alone.getRetryDelay().getSeconds()).isGreaterThan(10_000);
            });
  }

  @Test
  void shouldSayOverHttpWhenThereIsRoom() throws Exception {
    var response = post("noisy", Otlp.spans(1, 1));
    assertThat(response.statusCode()).isEqualTo(429);
    Status status = Status.parseFrom(response.body());
    assertThat(status.getMessage())
        .isEqualTo("tenant: over its limit (expected: at most 1 bytes per second)");
    assertThat(seconds(status)).isGreaterThan(10_000);
    assertThat(response.headers().firstValue("retry-after"))
        .contains(Long.toString(seconds(status)));
  }

  @Test
  void shouldRefuseTenantsThatAreNotKnown() throws Exception {
    assertThat(post("stranger", Otlp.spans(1, 1)).statusCode()).isEqualTo(403);
    assertThatThrownBy(() -> stub("stranger").export(Otlp.spans(1, 1)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED));
    assertThat(pipeline.counter("refused.requests", "reason", "unknown_tenant")).isEqualTo(2);
  }

  @Test
  void shouldGiveRecordsTheDefaultTenant() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
            .header("content-type", PROTOBUF)
            .POST(BodyPublishers.ofByteArray(Otlp.spans(1, 1).toByteArray()))
            .build();
    assertThat(client.send(request, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
    var headers = pipeline.records(Signal.TRACES).get(0).headers();
    assertThat(RecordHeaders.get(headers, RecordHeaders.TENANT)).contains("quiet");
  }

  private static double refusedToNoisy() {
    return pipeline.counter("tenant.refused.requests", "tenant", "noisy");
  }

  private static long seconds(Status status) {
    try {
      return status.getDetails(0).unpack(RetryInfo.class).getRetryDelay().getSeconds();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static TraceServiceBlockingStub stub(String tenant) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(Tenant.HEADER, Metadata.ASCII_STRING_MARSHALLER), tenant);
    return TraceServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private HttpResponse<byte[]> post(String tenant, ExportTraceServiceRequest request)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
            .header("content-type", PROTOBUF)
            .header("x-scope-orgid", tenant)
            .POST(BodyPublishers.ofByteArray(request.toByteArray()))
            .build(),
        BodyHandlers.ofByteArray());
  }
}
