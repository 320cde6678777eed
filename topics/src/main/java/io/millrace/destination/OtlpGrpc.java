package io.millrace.destination;

import io.grpc.CallOptions;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.ClientTls;
import io.millrace.daemon.ClientTlsConfig;
import io.millrace.daemon.Secret;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.Destination;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Sends batches as OTLP/gRPC: the record values, one after the other, as one message. */
final class OtlpGrpc implements Destination {

  private static final int DEFAULT_PORT = 4317;

  private final ManagedChannel channel;
  private final MethodDescriptor<byte[], byte[]> method;
  private final CallOptions options;
  private final Map<String, Secret> headers;
  private final Duration timeout;
  private final int perLane;

  OtlpGrpc(Signal signal, DestinationConfig config, int perLane) {
    URI uri = URI.create(config.url());
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    NettyChannelBuilder builder = NettyChannelBuilder.forAddress(uri.getHost(), port);
    if (uri.getScheme().equalsIgnoreCase("grpcs")) {
      secure(builder, config.tls());
    } else {
      builder.usePlaintext();
    }
    GrpcCompressor compressor = new GrpcCompressor(config.compression(), config.level());
    CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
    compressors.register(compressor);
    this.channel = builder.compressorRegistry(compressors).build();
    this.method = method(signal);
    this.options =
        config.compression() == DestinationConfig.Compression.NONE
            ? CallOptions.DEFAULT
            : CallOptions.DEFAULT.withCompression(compressor.getMessageEncoding());
    this.headers = config.headers();
    this.timeout = config.timeout();
    this.perLane = perLane;
  }

  private static void secure(NettyChannelBuilder builder, ClientTlsConfig config) {
    ClientTls tls = ClientTls.open("tls", config);
    SslContextBuilder context =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(tls.trustManager());
    tls.keyManager().ifPresent(context::keyManager);
    try {
      builder.sslContext(context.build());
    } catch (SSLException e) {
      throw new CannotStart("tls: " + e.getMessage(), e);
    }
    config.serverNameOverride().ifPresent(builder::overrideAuthority);
  }

  private static MethodDescriptor<byte[], byte[]> method(Signal signal) {
    String service =
        switch (signal) {
          case TRACES -> "opentelemetry.proto.collector.trace.v1.TraceService";
          case METRICS -> "opentelemetry.proto.collector.metrics.v1.MetricsService";
          case LOGS -> "opentelemetry.proto.collector.logs.v1.LogsService";
        };
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, "Export"))
        .setRequestMarshaller(Bytes.MARSHALLER)
        .setResponseMarshaller(Bytes.MARSHALLER)
        .build();
  }

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    var call =
        MetadataUtils.newAttachHeadersInterceptor(metadata(batch.tenant()))
            .interceptCall(
                method,
                options.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS),
                channel);
    ClientCalls.asyncUnaryCall(call, batch.merged(), new Observer(batch.signal(), answer));
    return answer;
  }

  private Metadata metadata(String tenant) {
    Metadata metadata = new Metadata();
    headers.forEach((name, value) -> metadata.put(key(name), value.value()));
    if (!tenant.isEmpty()) {
      metadata.discardAll(key(RecordHeaders.TENANT));
      metadata.put(key(RecordHeaders.TENANT), tenant);
    }
    return metadata;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public int maxRequestsPerLane() {
    return perLane;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** Turns the one response, or the failure, into the answer. */
  private record Observer(Signal signal, CompletableFuture<Answer> answer)
      implements StreamObserver<byte[]> {

    @Override
    public void onNext(byte[] response) {
      answer.complete(OtlpResponses.read(signal, response));
    }

    @Override
    public void onError(Throwable failure) {
      answer.complete(BackendAnswers.ofGrpc(failure));
    }

    @Override
    public void onCompleted() {
      // A response came before; without one grpc-java reports an error instead.
    }
  }

  /** Bytes as they are: no message is built on either side. */
  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    MARSHALLER;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
