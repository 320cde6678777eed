package io.millrace.destination;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.millrace.daemon.ClientTlsConfig;
import io.millrace.daemon.Secret;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.DeadReason;
import io.millrace.delivery.Destination;
import io.millrace.destination.DestinationConfig.Compression;
import io.millrace.destination.DestinationConfig.Order;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class OtlpDestinationsTest {

  private static final byte[] FIRST = spans("first");
  private static final byte[] SECOND = spans("second");
  private static final Batch BATCH =
      new Batch(Signal.TRACES, "acme", List.of(FIRST, SECOND), FIRST.length + SECOND.length, 2);

  @ParameterizedTest
  @CsvSource({
    "http://tempo:4318, http://tempo:4318/v1/traces",
    "http://tempo:4318/, http://tempo:4318/v1/traces",
    "http://mimir/otlp, http://mimir/otlp/v1/traces",
    "https://a/otlp/v1/traces, https://a/otlp/v1/traces",
    "http://a/v1/traces?x=1, http://a/v1/traces?x=1"
  })
  void shouldCompleteTheUrlOfABackend(String url, String expected) {
    assertThat(OtlpHttp.endpoint(URI.create(url), true, Signal.TRACES)).hasToString(expected);
  }

  @Test
  void shouldTakeTheUrlAsItIsWhereNothingIsAppended() {
    URI thanos = URI.create("http://thanos:19291/api/v1/otlp");

    assertThat(OtlpHttp.endpoint(thanos, false, Signal.METRICS)).isEqualTo(thanos);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void shouldPostTheValuesAsOneRequest(Compression compression) throws Exception {
    ExportTraceServiceRequest[] received = new ExportTraceServiceRequest[1];
    String[] seen = new String[4];
    HttpServer server =
        http(
            exchange -> {
              seen[0] = exchange.getRequestURI().getPath();
              seen[1] = exchange.getRequestHeaders().getFirst("X-Scope-OrgID");
              seen[2] = exchange.getRequestHeaders().getFirst("Authorization");
              seen[3] = exchange.getRequestHeaders().getFirst("Content-Type");
              String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
              assertThat(encoding).isEqualTo(encoding(compression));
              received[0] =
                  ExportTraceServiceRequest.parseFrom(
                      decoded(compression, exchange.getRequestBody()));
              respond(exchange, 200, new byte[0]);
            });
    try (Destination destination = open("http", server.getAddress(), compression)) {
      assertThat(answer(destination)).isEqualTo(Answer.Accepted.ALL);
    } finally {
      server.stop(0);
    }
    assertThat(received[0])
        .isEqualTo(
            ExportTraceServiceRequest.parseFrom(FIRST).toBuilder()
                .mergeFrom(ExportTraceServiceRequest.parseFrom(SECOND))
                .build());
    assertThat(seen).containsExactly("/v1/traces", "acme", "Bearer x", "application/x-protobuf");
  }

  @Test
  void shouldReadPartialSuccessRetryAfterAndStatusBodies() throws Exception {
    byte[] partial = partial().toByteArray();
    byte[] status = com.google.rpc.Status.newBuilder().setMessage("bad span").build().toByteArray();
    int[] call = new int[1];
    HttpServer server =
        http(
            exchange -> {
              exchange.getRequestBody().readAllBytes();
              exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
              exchange.getResponseHeaders().set("Retry-After", "9");
              switch (call[0]++) {
                case 0 -> respond(exchange, 200, partial);
                case 1 -> respond(exchange, 400, status);
                case 2 -> respond(exchange, 429, status);
                default -> respond(exchange, 500, new byte[1 << 20]);
              }
            });
    try (Destination destination = open("http", server.getAddress(), Compression.GZIP)) {
      assertThat(answer(destination)).isEqualTo(new Answer.Accepted(1, "one too old"));
      assertThat(answer(destination))
          .isEqualTo(new Answer.Refused(DeadReason.REFUSED, "HTTP 400 bad span"));
      assertThat(answer(destination))
          .isEqualTo(new Answer.Busy(Duration.ofSeconds(9), true, "HTTP 429 bad span"));
      assertThat(answer(destination)).isInstanceOf(Answer.Busy.class);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"http", "grpc"})
  void shouldAnswerBusyWhenNobodyListens(String scheme) throws Exception {
    InetSocketAddress free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = (InetSocketAddress) socket.getLocalSocketAddress();
    }
    try (Destination destination = open(scheme, free, Compression.GZIP)) {
      assertThat(answer(destination)).isInstanceOf(Answer.Busy.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"http", "grpc"})
  void shouldAnswerBusyWhenTheBackendNeverAnswers(String scheme) throws Exception {
    // A listener that accepts connections in its backlog and never reads.
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Destination destination =
            open(
                scheme,
                (InetSocketAddress) silent.getLocalSocketAddress(),
                Compression.NONE,
                Duration.ofSeconds(1))) {
      assertThat(answer(destination)).isInstanceOf(Answer.Busy.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void shouldCallTheGrpcServiceWithTheValuesAsOneMessage(Compression compression) throws Exception {
    ExportTraceServiceRequest[] received = new ExportTraceServiceRequest[1];
    String[] seen = new String[3];
    Server server =
        grpc(
            seen,
            new TraceServiceGrpc.TraceServiceImplBase() {
              @Override
              public void export(
                  ExportTraceServiceRequest request,
                  StreamObserver<ExportTraceServiceResponse> response) {
                received[0] = request;
                response.onNext(partial());
                response.onCompleted();
              }
            });
    try (Destination destination =
        open("grpc", (InetSocketAddress) server.getListenSockets().get(0), compression)) {
      assertThat(answer(destination)).isEqualTo(new Answer.Accepted(1, "one too old"));
    } finally {
      server.shutdownNow().awaitTermination();
    }
    assertThat(received[0].getResourceSpansCount()).isEqualTo(2);
    assertThat(seen).containsExactly("acme", "Bearer x", encoding(compression));
  }

  @Test
  void shouldAnswerRefusedWhenTheGrpcServiceBlamesTheData() throws Exception {
    Server server =
        grpc(
            new String[3],
            new TraceServiceGrpc.TraceServiceImplBase() {
              @Override
              public void export(
                  ExportTraceServiceRequest request,
                  StreamObserver<ExportTraceServiceResponse> response) {
                response.onError(Status.INVALID_ARGUMENT.withDescription("bad span").asException());
              }
            });
    try (Destination destination =
        open("grpc", (InetSocketAddress) server.getListenSockets().get(0), Compression.GZIP)) {
      assertThat(answer(destination))
          .isEqualTo(new Answer.Refused(DeadReason.REFUSED, "gRPC INVALID_ARGUMENT bad span"));
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  private static @Nullable String encoding(Compression compression) {
    return compression == Compression.NONE ? null : compression.name().toLowerCase(Locale.ROOT);
  }

  private static InputStream decoded(Compression compression, InputStream body) throws IOException {
    return switch (compression) {
      case GZIP -> new GZIPInputStream(body);
      case ZSTD -> new ZstdInputStreamNoFinalizer(body);
      case NONE -> body;
    };
  }

  private static final class ZstdDecompressor implements Decompressor {

    @Override
    public String getMessageEncoding() {
      return "zstd";
    }

    @Override
    public InputStream decompress(InputStream message) throws IOException {
      return new ZstdInputStreamNoFinalizer(message);
    }
  }

  private static Answer answer(Destination destination) throws Exception {
    return destination.send(BATCH).get(30, TimeUnit.SECONDS);
  }

  private static Destination open(
      String scheme, InetSocketAddress address, Compression compression) {
    return open(scheme, address, compression, Duration.ofSeconds(30));
  }

  private static Destination open(
      String scheme, InetSocketAddress address, Compression compression, Duration timeout) {
    DestinationConfig config =
        new DestinationConfig(
            "%s://127.0.0.1:%d".formatted(scheme, address.getPort()),
            true,
            Map.of("Authorization", new Secret("Bearer x")),
            compression,
            Optional.empty(),
            ClientTlsConfig.DEFAULT,
            timeout,
            Order.NONE,
            100 << 20,
            2);
    return Destinations.open(Signal.TRACES, config, 4);
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private static HttpServer http(Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", handler::handle);
    server.start();
    return server;
  }

  private static void respond(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Server grpc(String[] seen, TraceServiceGrpc.TraceServiceImplBase service)
      throws IOException {
    ServerInterceptor headers =
        new ServerInterceptor() {
          @Override
          public <Q, R> ServerCall.Listener<Q> interceptCall(
              ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next) {
            seen[0] = metadata.get(key("x-scope-orgid"));
            seen[1] = metadata.get(key("authorization"));
            seen[2] = metadata.get(key("grpc-encoding"));
            return next.startCall(call, metadata);
          }
        };
    DecompressorRegistry decompressors =
        DecompressorRegistry.getDefaultInstance().with(new ZstdDecompressor(), true);
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(service)
        .intercept(headers)
        .decompressorRegistry(decompressors)
        .build()
        .start();
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static ExportTraceServiceResponse partial() {
    return ExportTraceServiceResponse.newBuilder()
        .setPartialSuccess(
            ExportTracePartialSuccess.newBuilder()
                .setRejectedSpans(1)
                .setErrorMessage("one too old"))
        .build();
  }

  private static byte[] spans(String schemaUrl) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setSchemaUrl(schemaUrl))
        .build()
        .toByteArray();
  }
}
