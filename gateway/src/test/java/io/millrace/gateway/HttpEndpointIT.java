package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.millrace.broker.Broker;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP/HTTP by hand, where the SDK's exporters do not go. */
@Tag(Broker.ANY)
class HttpEndpointIT {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";

  @TempDir static Path dir;
  private static Broker broker;
  private static TestPipeline pipeline;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    broker = Broker.forTests(dir);
    pipeline = TestPipeline.start(broker);
  }

  @AfterAll
  static void stop() {
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
  void shouldStoreJsonAsProtobuf() throws Exception {
    // Given
    String body =
        """
        {"resourceSpans":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"shop"}}]},
          "scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C",
          "spanId":"eee19b7ec3c1b174","name":"buy","kind":2}]}]}]}
        """;

    // When
    var response = post(Signal.TRACES, JSON + "; charset=utf-8", body.getBytes(UTF_8));

    // Then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains(JSON);
    assertThat(new String(response.body(), UTF_8)).isEqualTo("{}");
    var records = pipeline.records(Signal.TRACES);
    assertThat(records).hasSize(1);
    var stored = ExportTraceServiceRequest.parseFrom(records.get(0).value()).getResourceSpans(0);
    Span span = stored.getScopeSpans(0).getSpans(0);
    assertThat(stored.getResource().getAttributes(0))
        .isEqualTo(Otlp.attribute("service.name", "shop"));
    assertThat(span.getName()).isEqualTo("buy");
    assertThat(HexFormat.of().formatHex(span.getTraceId().toByteArray()))
        .isEqualTo("5b8efff798038103d269b633813fc60c");
  }

  @Test
  void shouldCutByTraceAndLabelEachRecord() throws Exception {
    ExportTraceServiceRequest request = Otlp.spans(1, 100);

    var response =
        post(
            request(Signal.TRACES, PROTOBUF, request.toByteArray())
                .header("x-scope-orgid", "team-a"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains(PROTOBUF);
    assertThat(response.body()).isEmpty();
    var records = pipeline.records(Signal.TRACES);
    assertThat(records).hasSize(TestPipeline.PARTITIONS);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      List<Span> spans = spans(record);
      assertThat(record.key()).isNull();
      assertThat(RecordHeaders.get(record.headers(), RecordHeaders.ITEMS))
          .contains(Integer.toString(spans.size()));
      assertThat(RecordHeaders.get(record.headers(), RecordHeaders.TENANT)).contains("team-a");
      assertThat(spans).allMatch(span -> partition(span) == record.partition());
    }
    assertThat(records.stream().flatMap(record -> spans(record).stream()))
        .containsExactlyInAnyOrderElementsOf(
            request.getResourceSpans(0).getScopeSpans(0).getSpansList());
  }

  @ParameterizedTest
  @EnumSource
  void shouldAnswerEmptyRequests(Signal signal) throws Exception {
    assertThat(post(signal, PROTOBUF, new byte[0]).statusCode()).isEqualTo(200);
    assertThat(post(signal, JSON, "{}".getBytes(UTF_8)).statusCode()).isEqualTo(200);
    assertThat(pipeline.records(signal)).isEmpty();
  }

  @Test
  void shouldNameThePathsWhenItIsNone() throws Exception {
    var response =
        post(
            HttpRequest.newBuilder(pipeline.http("/v1/trace"))
                .header("content-type", PROTOBUF)
                .POST(BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(new String(response.body(), UTF_8))
        .isEqualTo("path: /v1/trace (expected: one of /v1/traces, /v1/metrics, /v1/logs)\n");
    assertThat(pipeline.counter("refused.requests", "reason", "unknown_path")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE"})
  void shouldTakePostOnly(String method) throws Exception {
    var response =
        post(
            HttpRequest.newBuilder(pipeline.http(Signal.LOGS))
                .method(method, BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).contains("POST");
    assertThat(new String(response.body(), UTF_8))
        .isEqualTo("method: " + method + " (expected: POST)\n");
    assertThat(refused(Signal.LOGS, Refusal.UNSUPPORTED_METHOD)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/protobuf", "application/grpc", "nonsense"})
  void shouldNameTheContentTypesItReads(String contentType) throws Exception {
    var response = post(Signal.TRACES, contentType, new byte[0]);
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(new String(response.body(), UTF_8))
        .isEqualTo(
            "Content-Type: "
                + contentType
                + " (expected: application/x-protobuf or application/json)\n");
  }

  @Test
  void shouldNameTheContentEncodingsItReads() throws Exception {
    var response =
        post(
            request(Signal.TRACES, PROTOBUF, new byte[] {1}).header("content-encoding", "deflate"));
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(Status.parseFrom(response.body()).getMessage())
        .isEqualTo("Content-Encoding: deflate (expected: gzip, zstd or identity)");
  }

  @Test
  void shouldRefuseTruncatedProtobufSayingWhere() throws Exception {
    byte[] whole = Otlp.spans(1, 2).toByteArray();
    var response = post(Signal.TRACES, PROTOBUF, Arrays.copyOf(whole, whole.length - 1));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("content-type")).contains(PROTOBUF);
    assertThat(response.headers().firstValue("retry-after")).isEmpty();
    Status status = Status.parseFrom(response.body());
    assertThat(status.getCode()).isEqualTo(3);
    assertThat(status.getMessage()).containsPattern("\\d");
    assertThat(pipeline.records(Signal.TRACES)).isEmpty();
    assertThat(refused(Signal.TRACES, Refusal.MALFORMED)).isEqualTo(1);
  }

  @Test
  void shouldRefuseMalformedJsonInJson() throws Exception {
    var response = post(Signal.LOGS, JSON, "{\"resourceLogs\":7}".getBytes(UTF_8));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("content-type")).contains(JSON);
    assertThat(new String(response.body(), UTF_8))
        .startsWith("{\"code\":3,\"message\":\"")
        .contains("resourceLogs");
  }

  @Test
  void shouldRefuseTruncatedGzip() throws Exception {
    byte[] gzip = Otlp.gzip(Otlp.spans(1, 2).toByteArray());
    var response =
        post(
            request(Signal.TRACES, PROTOBUF, Arrays.copyOf(gzip, gzip.length - 9))
                .header("content-encoding", "gzip"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Status.parseFrom(response.body()).getMessage()).startsWith("body: not gzip (");
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void shouldRefuseABomb(ContentEncoding encoding) throws Exception {
    byte[] bomb = Otlp.compress(encoding, new byte[100 << 20]);
    assertTooLarge(
        post(
            request(Signal.TRACES, PROTOBUF, bomb)
                .header("content-encoding", encoding.name().toLowerCase(Locale.ROOT))));
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadEveryContentEncoding(ContentEncoding encoding) throws Exception {
    ExportTraceServiceRequest request = Otlp.spans(1, 1);
    byte[] body = Otlp.compress(encoding, request.toByteArray());
    var response =
        post(
            request(Signal.TRACES, PROTOBUF, body)
                .header("content-encoding", encoding.name().toLowerCase(Locale.ROOT)));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(ExportTraceServiceRequest.parseFrom(pipeline.records(Signal.TRACES).get(0).value()))
        .isEqualTo(request);
  }

  @Test
  void shouldCompressLongAnswersForClientsThatTakeIt() throws Exception {
    // Given
    ExportTraceServiceRequest.Builder request = Otlp.spans(1, 1).toBuilder();
    var scope = request.getResourceSpansBuilder(0).getScopeSpansBuilder(0);
    scope.addSpans(Span.newBuilder().setName("n".repeat(300)));
    byte[] body = request.build().toByteArray();

    // When
    var plain = post(Signal.TRACES, PROTOBUF, body);
    var gzip = post(request(Signal.TRACES, PROTOBUF, body).header("accept-encoding", "gzip"));

    // Then
    assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
    assertThat(gzip.headers().firstValue("content-encoding")).contains("gzip");
    assertThat(gzip.headers().firstValue("vary")).contains("accept-encoding");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
        .isEqualTo(plain.body());
  }

  /**
   * One byte more is the endpoint's to refuse, far more the server's, before it has read it all.
   */
  @ParameterizedTest
  @CsvSource({"1048577", "20000000"})
  void shouldRefuseTooLargeRequests(int bytes) throws Exception {
    assertTooLarge(post(Signal.TRACES, PROTOBUF, new byte[bytes]));
  }

  private void assertTooLarge(HttpResponse<byte[]> response) throws Exception {
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.headers().firstValue("retry-after")).isEmpty();
    assertThat(response.headers().firstValue("content-type")).contains(PROTOBUF);
    Status status = Status.parseFrom(response.body());
    assertThat(status.getCode()).isEqualTo(8);
    assertThat(status.getDetailsList()).isEmpty();
    assertThat(refused(Signal.TRACES, Refusal.TOO_LARGE)).isEqualTo(1);
  }

  @Test
  void shouldRefuseInvalidTenants() throws Exception {
    var response =
        post(request(Signal.TRACES, PROTOBUF, new byte[0]).header("X-Scope-OrgID", "a/b"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(refused(Signal.TRACES, Refusal.INVALID_TENANT)).isEqualTo(1);
  }

  @Test
  void shouldStoreTheRestWhenOneSpanIsTooLargeForTheTopic() throws Exception {
    // Given
    ExportTraceServiceRequest.Builder request = Otlp.spans(1, 3).toBuilder();
    Span tooLarge =
        Otlp.spans(2, 1, TestPipeline.MAX_MESSAGE_BYTES)
            .getResourceSpans(0)
            .getScopeSpans(0)
            .getSpans(0);
    request.getResourceSpansBuilder(0).getScopeSpansBuilder(0).addSpans(1, tooLarge);

    // When
    var response = post(Signal.TRACES, PROTOBUF, request.build().toByteArray());

    // Then
    assertThat(response.statusCode()).isEqualTo(200);
    var partial = ExportTraceServiceResponse.parseFrom(response.body()).getPartialSuccess();
    assertThat(partial.getRejectedSpans()).isEqualTo(1);
    assertThat(partial.getErrorMessage()).contains("span-2-0").contains("shop");
    assertThat(
            pipeline.records(Signal.TRACES).stream().mapToInt(record -> spans(record).size()).sum())
        .isEqualTo(3);
    assertThat(pipeline.counter("refused.items", "reason", "too_large")).isEqualTo(1);
  }

  @Test
  void shouldSplitWhatIsLargerThanARecord() throws Exception {
    // Incompressible, four times what a record can hold.
    ExportTraceServiceRequest request = Otlp.spans(3, 40, TestPipeline.MAX_MESSAGE_BYTES / 10);
    assertThat(post(Signal.TRACES, PROTOBUF, request.toByteArray()).statusCode()).isEqualTo(200);
    var records = pipeline.records(Signal.TRACES);
    assertThat(records).hasSizeGreaterThan(TestPipeline.PARTITIONS);
    assertThat(records.stream().flatMap(record -> spans(record).stream()))
        .containsExactlyInAnyOrderElementsOf(
            request.getResourceSpans(0).getScopeSpans(0).getSpansList());
  }

  @ParameterizedTest
  @EnumSource
  void shouldAnswerPreflightsOfAllowedOrigins(Signal signal) throws Exception {
    var allowed = post(preflight(signal, "https://shop.example"));
    assertThat(allowed.statusCode()).isEqualTo(200);
    assertThat(allowed.headers().firstValue("access-control-allow-origin"))
        .contains("https://shop.example");
    assertThat(allowed.headers().firstValue("access-control-allow-methods")).contains("POST");
    assertThat(allowed.headers().firstValue("access-control-allow-headers").orElse(""))
        .contains("content-type")
        .contains("x-scope-orgid");
    var other = post(preflight(signal, "https://other.example"));
    assertThat(other.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void shouldLetAllowedOriginsReadTheAnswer() throws Exception {
    var response =
        post(
            request(Signal.TRACES, PROTOBUF, Otlp.spans(1, 1).toByteArray())
                .header("origin", "https://shop.example"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("access-control-allow-origin"))
        .contains("https://shop.example");
  }

  private HttpRequest.Builder preflight(Signal signal, String origin) {
    return HttpRequest.newBuilder(pipeline.http(signal))
        .version(HttpClient.Version.HTTP_1_1)
        .method("OPTIONS", BodyPublishers.noBody())
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,x-scope-orgid");
  }

  @Test
  void shouldServeHttp2AndHttp11OnBothPorts() throws Exception {
    for (int port : new int[] {pipeline.gateway.grpcPort(), pipeline.gateway.httpPort()}) {
      for (HttpClient.Version version : HttpClient.Version.values()) {
        var response =
            post(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
                    .version(version)
                    .header("content-type", PROTOBUF)
                    .POST(BodyPublishers.ofByteArray(Otlp.spans(port, 1).toByteArray())));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(version);
      }
    }
    assertThat(pipeline.counter("published.items")).isEqualTo(4);
  }

  @Test
  void shouldKeepConnections() throws Exception {
    byte[] body = Otlp.spans(1, 1).toByteArray();
    String head =
        "POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(PROTOBUF, body.length);
    try (Socket socket = new Socket("127.0.0.1", pipeline.gateway.httpPort())) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      for (int i = 0; i < 3; i++) {
        socket.getOutputStream().write(head.getBytes(UTF_8));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
        String header = in.readLine();
        while (!header.isEmpty()) {
          assertThat(header.toLowerCase(Locale.ROOT)).isNotEqualTo("connection: close");
          header = in.readLine();
        }
      }
    }
  }

  private HttpResponse<byte[]> post(Signal signal, String contentType, byte[] body)
      throws Exception {
    return post(request(signal, contentType, body));
  }

  private HttpRequest.Builder request(Signal signal, String contentType, byte[] body) {
    return HttpRequest.newBuilder(pipeline.http(signal))
        .version(HttpClient.Version.HTTP_1_1)
        .header("content-type", contentType)
        .POST(BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<byte[]> post(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private double refused(Signal signal, Refusal reason) {
    return pipeline.counter("refused.requests", "signal", signal.id(), "reason", reason.id());
  }

  private static List<Span> spans(ConsumerRecord<byte[], byte[]> record) {
    try {
      return ExportTraceServiceRequest.parseFrom(record.value()).getResourceSpansList().stream()
          .flatMap(resource -> resource.getScopeSpansList().stream())
          .flatMap(scope -> scope.getSpansList().stream())
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a record that is no export request", e);
    }
  }

  /** As the Collector's exporter has it: murmur2 of the hex text. */
  private static int partition(Span span) {
    String hex = HexFormat.of().formatHex(span.getTraceId().toByteArray());
    return Utils.toPositive(Utils.murmur2(hex.getBytes(UTF_8))) % TestPipeline.PARTITIONS;
  }
}
