package io.millrace.gateway;

import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServerTlsConfig;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.grpc.GrpcHealthCheckService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.healthcheck.ListenableHealthChecker;
import io.grpc.DecompressorRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.millrace.daemon.CannotStart;
import io.millrace.gateway.TlsFiles.Unusable;
import io.millrace.otlp.Signal;
import io.netty.handler.ssl.ClientAuth;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One listener. It serves OTLP/gRPC and OTLP/HTTP alike, over HTTP/1.1 and HTTP/2, plain or TLS.
 */
final class OtlpServer {

  /** For a request to arrive; slower ones are cut off. */
  private static final Duration RECEIVE_TIMEOUT = Duration.ofSeconds(30);

  /** Longer than exporters pause between exports, so that they find their connection open. */
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);

  /** What gRPC frames add to a message; whether the message fits is decided by its endpoint. */
  private static final int FRAMING_BYTES = 64 << 10;

  /** So long nothing may have happened before a stopping server is at rest. */
  private static final Duration QUIET_PERIOD = Duration.ofMillis(100);

  /** For browsers to remember a preflight; most of them cap it at two hours. */
  private static final Duration PREFLIGHT_AGE = Duration.ofHours(2);

  private static final DecompressorRegistry DECOMPRESSORS =
      DecompressorRegistry.getDefaultInstance().with(new Gzip(), true).with(new Zstd(), true);

  private final Server server;
  private final Optional<Future<?>> tlsWatch;

  private OtlpServer(Server server, Optional<Future<?>> tlsWatch) {
    this.server = server;
    this.tlsWatch = tlsWatch;
  }

  /**
   * @param key of the listener in the configuration, {@code gateway.grpc}
   * @throws CannotStart if it cannot listen there
   */
  static OtlpServer start(
      String key,
      ListenerConfig listener,
      GatewaySection config,
      Admission admission,
      Access access,
      Intake intake,
      GatewayMetrics metrics,
      ListenableHealthChecker health) {
    InetSocketAddress address = new InetSocketAddress(listener.host(), listener.port());
    if (address.isUnresolved()) {
      throw new CannotStart(key + ".host", listener.host(), "an address of this machine", null);
    }
    ServerBuilder builder = Server.builder();
    Optional<TlsFiles> tls = tls(key, listener.tls());
    builder.port(address, tls.isPresent() ? SessionProtocol.HTTPS : SessionProtocol.HTTP);
    tls.ifPresent(files -> builder.tlsProvider(files, clientAuth(listener.tls())));
    limits(builder, config);
    for (Signal signal : Signal.values()) {
      builder.service(
          grpc(signal, config, access, intake, metrics), call -> new BodyWatch(call, admission));
      HttpEndpoint endpoint =
          new HttpEndpoint(signal, access, intake, config.maxRequestBytes(), metrics);
      builder.service(signal.httpPath(), cors(config.cors(), new BodyWatch(endpoint, admission)));
    }
    builder.service(GrpcService.builder().addService(GrpcHealthCheckService.of(health)).build());
    builder.serviceUnder(
        "/",
        (ctx, request) -> {
          metrics.unknownPath();
          return HttpReply.unknownPath(ctx.path());
        });
    builder.errorHandler(new HttpErrors(metrics).orElse(ServerErrorHandler.ofDefault()));
    return listen(key, listener, builder.build(), tls);
  }

  /** Answers preflights itself; without origins nothing is added. */
  private static HttpService cors(CorsConfig config, HttpService endpoint) {
    if (config.allowedOrigins().isEmpty()) {
      return endpoint;
    }
    var cors =
        config.allowedOrigins().equals(List.of("*"))
            ? CorsService.builderForAnyOrigin()
            : CorsService.builder(config.allowedOrigins());
    return cors.allowRequestMethods(HttpMethod.POST)
        .allowAllRequestHeaders(true)
        .exposeHeaders("retry-after")
        .maxAge(PREFLIGHT_AGE)
        .build(endpoint);
  }

  private static Optional<TlsFiles> tls(String key, TlsConfig config) {
    if (config.certificate().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TlsFiles(key, config));
    } catch (Unusable e) {
      throw new CannotStart(key + ".tls: " + e.getMessage(), e);
    }
  }

  private static ServerTlsConfig clientAuth(TlsConfig config) {
    return ServerTlsConfig.builder()
        .clientAuth(config.clientCa().isPresent() ? ClientAuth.REQUIRE : ClientAuth.NONE)
        .build();
  }

  private static void limits(ServerBuilder builder, GatewaySection config) {
    builder
        .maxRequestLength(config.maxRequestBytes() + FRAMING_BYTES)
        .requestTimeout(RECEIVE_TIMEOUT.plus(config.producer().deliveryTimeout()))
        .idleTimeout(IDLE_TIMEOUT)
        .gracefulShutdownTimeout(QUIET_PERIOD, config.drainTimeout().plus(QUIET_PERIOD))
        .verboseResponses(false)
        .disableServerHeader()
        .disableDateHeader()
        // An empty one: the gateway counts for itself.
        .meterRegistry(new CompositeMeterRegistry());
  }

  private static GrpcService grpc(
      Signal signal, GatewaySection config, Access access, Intake intake, GatewayMetrics metrics) {
    return GrpcService.builder()
        .addService(GrpcEndpoint.of(signal, access, intake))
        .decompressorRegistry(DECOMPRESSORS)
        .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
        .maxRequestMessageLength(config.maxRequestBytes())
        // Without a deadline from the client there would be none, and slow senders stay for ever.
        .useClientTimeoutHeader(false)
        .exceptionHandler(new GrpcErrors(signal, metrics))
        .build();
  }

  private static OtlpServer listen(
      String key, ListenerConfig listener, Server server, Optional<TlsFiles> tls) {
    try {
      server.start().join();
      return new OtlpServer(server, tls.map(OtlpServer::watch));
    } catch (CompletionException e) {
      server.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw CannotStart.cannotListen(key + ".port", listener.port(), cause);
    }
  }

  /** Reading files blocks, so event loops do not look. */
  private static Future<?> watch(TlsFiles files) {
    return CommonPools.blockingTaskExecutor()
        .scheduleWithFixedDelay(files::refresh, 1, 1, TimeUnit.SECONDS);
  }

  int port() {
    return server.activeLocalPort();
  }

  /** Finishes what is in flight, within the drain timeout, then closes every connection. */
  CompletableFuture<Void> stop() {
    tlsWatch.ifPresent(watch -> watch.cancel(false));
    return server.stop();
  }
}
