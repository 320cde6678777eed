package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.google.rpc.Status;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.EffectiveConfig;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.TopicsConfig;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** One listener asks for credentials, the other, with the port of gRPC, does not. */
class CredentialsIT {

  private static final String TOKEN = "a-token-for-team-a";
  private static final String ADMIN = "a-token-for-all";
  private static final String WRONG = "a-token-of-somebody-else";

  private static final List<String> LOGGED = new CopyOnWriteArrayList<>();

  @TempDir static Path dir;
  private static Path file;
  private static EmbeddedBroker broker;
  private static TestPipeline pipeline;
  private static TestPipeline open;
  private static GatewaySection section;
  private static ManagedChannel channel;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    listen();
    file = dir.resolve("credentials");
    write(hash(TOKEN) + " team-a", hash(ADMIN) + " *");
    broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
    section =
        TestPipeline.configured(
            "cors.allowed-origins=[https://shop.example]", "credentials.file=" + file);
    pipeline = TestPipeline.start(broker, section);
    open =
        TestPipeline.start(
            broker,
            TestPipeline.configured("grpc.require-credentials=false", "credentials.file=" + file));
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
            .usePlaintext()
            .build();
  }

  /** To all that our code says, at any level, and others at theirs. */
  private static void listen() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    var appender =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            LOGGED.add(event.getFormattedMessage() + " " + event.getThrowableProxy());
          }
        };
    appender.start();
    root.addAppender(appender);
    ((Logger) LoggerFactory.getLogger("io.millrace")).setLevel(Level.TRACE);
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    open.close();
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
  void shouldTakeBearerTokensAndApiKeysOverHttp() throws Exception {
    assertThat(post("authorization", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
    assertThat(post("x-api-key", TOKEN).statusCode()).isEqualTo(200);
    assertThat(pipeline.records(Signal.TRACES))
        .hasSize(2)
        .allSatisfy(
            record ->
                assertThat(RecordHeaders.get(record.headers(), RecordHeaders.TENANT))
                    .contains("team-a"));
  }

  @Test
  void shouldRefuseOthersOverHttp() throws Exception {
    for (var response : List.of(post("x-other", ""), post("authorization", "Bearer " + WRONG))) {
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.headers().firstValue("www-authenticate")).contains("Bearer");
      assertThat(response.headers().firstValue("retry-after")).isEmpty();
      Status status = Status.parseFrom(response.body());
      assertThat(status.getCode()).isEqualTo(Code.UNAUTHENTICATED.value());
      assertThat(status.getDetailsList()).isEmpty();
    }
    assertThat(pipeline.counter("refused.requests", "reason", "unauthenticated")).isEqualTo(2);
    assertThat(pipeline.records(Signal.TRACES)).isEmpty();
  }

  /**
   * A client that is still sending must get its answer, not a broken connection. Over HTTP/2 as
   * much as the window holds: Java's client looks for an answer only when it has sent all.
   */
  @ParameterizedTest
  @CsvSource({"HTTP_1_1, 15000000", "HTTP_2, 900000"})
  void shouldAnswerBeforeALargeBodyIsRead(HttpClient.Version version, int bytes) throws Exception {
    byte[] large = new byte[bytes];
    for (int i = 0; i < 20; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
              .version(version)
              .header("content-type", "application/x-protobuf")
              .POST(BodyPublishers.ofByteArray(large))
              .build();
      assertThat(client.send(request, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(401);
    }
    assertThat(pipeline.counter("received.bytes")).isZero();
  }

  @Test
  void shouldAnswerBeforeALargeMessageIsRead() {
    var large = Otlp.spans(1, 1, 15 << 20);
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> TraceServiceGrpc.newBlockingStub(channel).export(large))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED));
    }
    assertThat(pipeline.counter("received.bytes")).isZero();
  }

  @Test
  void shouldTakeTokensOverGrpc() {
    assertThat(export("authorization", "Bearer " + TOKEN)).isNotNull();
    assertThat(export("x-api-key", TOKEN)).isNotNull();
    assertThat(pipeline.counter("published.items")).isEqualTo(2);
  }

  @Test
  void shouldRefuseOthersOverGrpc() {
    assertRefused(Code.UNAUTHENTICATED, "x-other", "");
    assertRefused(Code.UNAUTHENTICATED, "authorization", "Bearer " + WRONG);
    assertThat(pipeline.counter("refused.requests", "reason", "unauthenticated")).isEqualTo(2);
    assertThat(pipeline.records(Signal.TRACES)).isEmpty();
  }

  @Test
  void shouldKeepTokensToTheirTenants() throws Exception {
    var response = post("authorization", "Bearer " + TOKEN, "x-scope-orgid", "team-b");
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(Status.parseFrom(response.body()).getMessage())
        .isEqualTo("tenant: team-b (expected: one that the credential is for)");
    assertRefused(
        Code.PERMISSION_DENIED, "authorization", "Bearer " + TOKEN, "x-scope-orgid", "team-b");
    var any = post("authorization", "Bearer " + ADMIN, "x-scope-orgid", "team-b");
    assertThat(any.statusCode()).isEqualTo(200);
    assertThat(pipeline.counter("refused.requests", "reason", "tenant_not_permitted")).isEqualTo(2);
  }

  @Test
  void shouldAnswerPreflightsWithoutACredential() throws Exception {
    var response =
        client.send(
            HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
                .version(HttpClient.Version.HTTP_1_1)
                .method("OPTIONS", BodyPublishers.noBody())
                .header("origin", "https://shop.example")
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization")
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("access-control-allow-headers").orElse(""))
        .contains("authorization");
    assertThat(post("origin", "https://shop.example").headers().map())
        .containsKey("access-control-allow-origin");
  }

  @Test
  void shouldAnswerHealthChecksWithoutACredential() {
    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void shouldAskOnlyWhereItIsToldTo() throws Exception {
    assertThat(post(open.gateway.grpcPort()).statusCode()).isEqualTo(200);
    assertThat(post(open.gateway.httpPort()).statusCode()).isEqualTo(401);
  }

  @Test
  void shouldReadTheFileAgainWhenItChanges() throws Exception {
    // Given
    String next = "another-token-for-team-a";
    assertThat(post("x-api-key", next).statusCode()).isEqualTo(401);

    // When
    write(hash(TOKEN) + " team-a", hash(ADMIN) + " *", hash(next) + " team-a");

    // Then
    await().atMost(Duration.ofSeconds(30)).until(() -> post("x-api-key", next).statusCode() == 200);

    // And: a mistake takes nothing away, and is counted
    write(next + " team-a");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> pipeline.counter("credentials.reloads", "outcome", "failure") == 1);
    assertThat(post("x-api-key", next).statusCode()).isEqualTo(200);
    assertThat(LOGGED)
        .anySatisfy(
            line -> assertThat(line).contains("line 1: a word of 24 characters (expected: 64 "));
    assertThat(LOGGED).noneSatisfy(line -> assertThat(line).contains(next));
    write(hash(TOKEN) + " team-a", hash(ADMIN) + " *");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> pipeline.counter("credentials.reloads", "outcome", "success") == 2);
  }

  @Test
  void shouldWarnOfCredentialsInPlainText() {
    assertThat(LOGGED)
        .filteredOn(line -> line.contains("in plain text"))
        .hasSize(3)
        .anySatisfy(
            line -> assertThat(line).startsWith("gateway.grpc: credentials arrive in plain"))
        .anySatisfy(
            line -> assertThat(line).startsWith("gateway.http: credentials arrive in plain"));
  }

  @Test
  void shouldNotStartWithoutItsFile() {
    GatewaySection missing = TestPipeline.configured("credentials.file=" + dir.resolve("none"));
    KafkaConfig kafka = new KafkaConfig("127.0.0.1:1", Map.of());
    assertThatThrownBy(
            () ->
                Gateway.start(
                    new GatewayConfig(kafka, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, missing),
                    new SimpleMeterRegistry()))
        .isInstanceOf(CannotStart.class)
        .hasMessage(
            "gateway.credentials.file: %s: missing (expected: a file of credentials)"
                .formatted(dir.resolve("none")));
  }

  /** Right or wrong: a wrong one may be the right one of another system. */
  @Test
  void shouldShowATokenNowhere() throws Exception {
    // When
    for (String token : List.of(TOKEN, WRONG)) {
      for (String tenant : List.of("team-a", "team-b", "a/b")) {
        for (String credential : List.of("Bearer " + token, "bearer  " + token, "Basic " + token)) {
          var answer = post("authorization", credential, "x-scope-orgid", tenant);
          assertHidden(new String(answer.body(), UTF_8) + answer.headers().map());
          try {
            export("authorization", credential, "x-scope-orgid", tenant);
          } catch (StatusRuntimeException e) {
            assertHidden(e + " " + e.getTrailers());
          }
        }
      }
    }

    // Then
    GatewayConfig config =
        new GatewayConfig(KafkaConfig.DEFAULT, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, section);
    assertThat(pipeline.counter("refused.requests")).isGreaterThan(20);
    assertHidden(EffectiveConfig.yaml(config));
    assertHidden(pipeline.registry.getMetersAsString());
    assertThat(LOGGED).isNotEmpty();
    LOGGED.forEach(CredentialsIT::assertHidden);
  }

  private static void assertHidden(String text) {
    assertThat(text).doesNotContain(TOKEN, WRONG, ADMIN);
    assertThat(text).doesNotContain(hash(TOKEN), hash(ADMIN));
  }

  private static void assertRefused(Code code, String... headers) {
    assertThatThrownBy(() -> export(headers))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  private static ExportTraceServiceResponse export(String... headers) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < headers.length; i += 2) {
      metadata.put(Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
    }
    return TraceServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .export(Otlp.spans(1, 1));
  }

  private HttpResponse<byte[]> post(String... headers) throws Exception {
    return post(pipeline.gateway.httpPort(), headers);
  }

  private HttpResponse<byte[]> post(int port, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
            .version(HttpClient.Version.HTTP_1_1)
            .header("content-type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(Otlp.spans(1, 1).toByteArray()));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  /** In one step, as a file in use should be replaced. */
  private static void write(String... lines) throws IOException {
    Path next = Files.writeString(dir.resolve("next"), String.join("\n", lines) + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String hash(String token) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
