package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.grpc.CallOptions;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.millrace.broker.Broker;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP/gRPC by hand, where the SDK's exporters do not go. */
@Tag(Broker.ANY)
class GrpcEndpointIT {

  @TempDir static Path dir;
  private static Broker broker;
  private static TestPipeline pipeline;

  private ManagedChannel channel;
  private TraceServiceBlockingStub client;

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
  void connect() {
    pipeline.forget();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
            .usePlaintext()
            .build();
    client = TraceServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void shouldBalance() {
    channel.shutdownNow();
    pipeline.assertBalanced();
    LeakWatch.assertNone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip"})
  void shouldStoreWhatItAnswers(String compression) throws Exception {
    ExportTraceServiceRequest request = Otlp.spans(1, 1);

    var response = client.withCompression(compression).export(request);

    assertThat(response).isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
    var records = pipeline.records(Signal.TRACES);
    assertThat(records).hasSize(1);
    assertThat(ExportTraceServiceRequest.parseFrom(records.get(0).value())).isEqualTo(request);
  }

  @Test
  void shouldTakeTheTenantFromTheMetadata() {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("X-Scope-OrgID", Metadata.ASCII_STRING_MARSHALLER), "team-a");

    var unused =
        client
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
            .export(Otlp.spans(1, 1));

    assertThat(pipeline.records(Signal.TRACES))
        .allMatch(
            record ->
                RecordHeaders.get(record.headers(), RecordHeaders.TENANT)
                    .orElse("")
                    .equals("team-a"))
        .hasSize(1);
  }

  @Test
  void shouldAnswerEmptyRequests() {
    assertThat(client.export(ExportTraceServiceRequest.getDefaultInstance()))
        .isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
    assertThat(pipeline.records(Signal.TRACES)).isEmpty();
  }

  @Test
  void shouldRefuseMalformedMessages() {
    byte[] whole = Otlp.spans(1, 2).toByteArray();
    assertThatThrownBy(() -> raw(Arrays.copyOf(whole, whole.length - 1)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).containsPattern("\\d");
            });
    assertThat(pipeline.records(Signal.TRACES)).isEmpty();
  }

  /** Plain, and as a bomb that is small until it is decompressed. */
  @ParameterizedTest
  @ValueSource(strings = {"identity", "gzip"})
  void shouldRefuseTooLargeMessagesForGood(String compression) {
    ExportTraceServiceRequest request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(
                Otlp.spans(1, 1).getResourceSpans(0).toBuilder().setSchemaUrl("0".repeat(40 << 20)))
            .build();
    assertThatThrownBy(() -> client.withCompression(compression).export(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              assertThat(e.getStatus().getDescription())
                  .isEqualTo("request: too large (expected: at most gateway.max-request-bytes)");
              assertThat(StatusProto.fromThrowable(e).getDetailsList()).isEmpty();
            });
    assertThat(pipeline.counter("refused.requests", "signal", "traces", "reason", "too_large"))
        .isEqualTo(1);
  }

  @Test
  void shouldSayHowManyWereRejected() {
    ExportTraceServiceRequest.Builder request = Otlp.spans(1, 2).toBuilder();
    request.getResourceSpansBuilder(0).getScopeSpansBuilder(0).addSpans(Span.newBuilder());

    var partial = client.export(request.build()).getPartialSuccess();

    assertThat(partial.getRejectedSpans()).isEqualTo(1);
    assertThat(partial.getErrorMessage()).isNotEmpty();
    assertThat(pipeline.counter("published.items")).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void shouldReadCompressedMessages(ContentEncoding encoding) throws Exception {
    ExportTraceServiceRequest request = Otlp.spans(1, 1);
    assertThat(compressed(encoding, request.toByteArray())).isEmpty();
    assertThat(ExportTraceServiceRequest.parseFrom(pipeline.records(Signal.TRACES).get(0).value()))
        .isEqualTo(request);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void shouldRefuseABomb(ContentEncoding encoding) {
    assertThatThrownBy(() -> compressed(encoding, new byte[100 << 20]))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED));
    assertThat(pipeline.counter("refused.requests", "signal", "traces", "reason", "too_large"))
        .isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatIsNotZstd() {
    assertThatThrownBy(() -> export("zstd", out -> out, Otlp.spans(1, 1).toByteArray()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription())
                  .isEqualTo("message: cannot be decompressed (Unknown frame descriptor)");
            });
  }

  @Test
  void shouldCompressLongAnswersForClientsThatTakeIt() throws Exception {
    // Given
    ExportTraceServiceRequest.Builder request = Otlp.spans(1, 1).toBuilder();
    var scope = request.getResourceSpansBuilder(0).getScopeSpansBuilder(0);
    scope.addSpans(Span.newBuilder().setName("n".repeat(300)));
    AtomicReference<Metadata> headers = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();

    // When
    var response =
        client
            .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
            .export(request.build());

    // Then
    assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
    assertThat(
            headers.get().get(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo("gzip");
  }

  @Test
  void shouldRefuseEncodingsItCannotRead() {
    assertThatThrownBy(() -> export("none-such", out -> out, Otlp.spans(1, 1).toByteArray()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED));
    assertThat(pipeline.records(Signal.TRACES)).isEmpty();
  }

  private byte[] raw(byte[] message) {
    return ClientCalls.blockingUnaryCall(
        channel, GrpcEndpoint.method(Signal.TRACES), CallOptions.DEFAULT, message);
  }

  private byte[] compressed(ContentEncoding encoding, byte[] message) {
    return encoding == ContentEncoding.GZIP
        ? export("gzip", GZIPOutputStream::new, message)
        : export("zstd", ZstdOutputStream::new, message);
  }

  /** Through a channel of its own, which knows that encoding. */
  private static byte[] export(String name, Compression compression, byte[] message) {
    CompressorRegistry encodings = CompressorRegistry.newEmptyInstance();
    encodings.register(new Named(name, compression));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
            .usePlaintext()
            .compressorRegistry(encodings)
            .build();
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          GrpcEndpoint.method(Signal.TRACES),
          CallOptions.DEFAULT.withCompression(name),
          message);
    } finally {
      channel.shutdownNow();
    }
  }

  private interface Compression {
    OutputStream over(OutputStream out) throws IOException;
  }

  private record Named(String getMessageEncoding, Compression compression) implements Compressor {

    @Override
    public OutputStream compress(OutputStream out) throws IOException {
      return compression.over(out);
    }
  }
}
