package io.millrace.gateway;

import static com.linecorp.armeria.common.SessionProtocol.HTTP;
import static com.linecorp.armeria.common.SessionProtocol.HTTPS;

import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.ClientAddressSource;
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
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.ClientAuth;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * One listener. It serves OTLP/gRPC and OTLP/HTTP alike, over HTTP/1.1 and HTTP/2, plain or TLS.
 */
final class OtlpServer {

  /** What gRPC frames add to a message; whether the message fits is decided by its endpoint. */
  private static final int FRAMING_BYTES = 64 << 10;

  /** After so many, answers are not held back for more, even while requests are read. */
  private static final int MAX_ANSWERS_TOGETHER = 256;

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
   * What listeners have in common.
   *
   * @param health told by {@code grpc.health.v1}
   */
  record Parts(
      GatewaySection config,
      Connections connections,
      Admission admission,
      Intake intake,
      GatewayMetrics metrics,
      ListenableHealthChecker health) {}

  /** A port of a listener; with a gate it is for load balancers. */
  private record Port(
      String key, int number, ListenerConfig listener, Optional<ProxyHeaderGate> gate) {}

  /**
   * @param key of the listener in the configuration, {@code gateway.grpc}
   * @throws CannotStart if it cannot listen there
   */
  static OtlpServer start(String key, ListenerConfig listener, Access access, Parts parts) {
    Port port = new Port(key + ".port", listener.port(), listener, Optional.empty());
    return start(key, port, access, parts);
  }

  /** The same behind load balancers that speak the PROXY protocol; empty without such a port. */
  static Optional<OtlpServer> startForProxies(
      String key, ListenerConfig listener, Access access, Parts parts) {
    ProxyProtocolConfig proxies = listener.proxyProtocol();
    var gate = Optional.of(new ProxyHeaderGate(proxies.ranges(), parts.connections()));
    return proxies
        .port()
        .map(number -> new Port(key + ".proxy-protocol.port", number, listener, gate))
        .map(port -> start(key, port, access, parts));
  }

  private static OtlpServer start(String key, Port port, Access access, Parts parts) {
    ListenerConfig listener = port.listener();
    InetSocketAddress address = new InetSocketAddress(listener.host(), port.number());
    if (address.isUnresolved()) {
      throw new CannotStart(key + ".host", listener.host(), "an address of this machine", null);
    }
    ServerBuilder builder = Server.builder();
    Optional<TlsFiles> tls = tls(key, listener.tls());
    Set<SessionProtocol> protocols = EnumSet.of(tls.isPresent() ? HTTPS : HTTP);
    port.gate().ifPresent(gate -> protocols.add(SessionProtocol.PROXY));
    builder.port(address, protocols);
    if (port.gate().isPresent()) {
      builder
          .clientAddressSources(ClientAddressSource.ofProxyProtocol())
          .clientAddressTrustedProxyFilter(gateKeepsOthersAway -> true);
    }
    tls.ifPresent(files -> builder.tlsProvider(files, clientAuth(listener.tls())));
    builder.childChannelPipelineCustomizer(
        pipeline -> accept(pipeline.channel(), parts.connections(), port.gate()));
    limits(builder, parts.config());
    services(builder, access, parts);
    return listen(port, builder.build(), tls);
  }

  private static void accept(
      Channel connection, Connections connections, Optional<ProxyHeaderGate> gate) {
    if (connections.accept(connection)) {
      // Kafka acknowledges many requests at once: their answers leave together.
      connection.pipeline().addFirst(new FlushConsolidationHandler(MAX_ANSWERS_TOGETHER, true));
      gate.ifPresent(present -> present.accept(connection));
    }
  }

  private static void services(ServerBuilder builder, Access access, Parts parts) {
    for (Signal signal : Signal.values()) {
      builder.service(
          grpc(signal, access, parts),
          call -> new BodyWatch(call, parts.admission(), parts.connections()));
      HttpEndpoint endpoint =
          new HttpEndpoint(
              signal, access, parts.intake(), parts.config().maxRequestBytes(), parts.metrics());
      HttpService watched = new BodyWatch(endpoint, parts.admission(), parts.connections());
      builder.service(signal.httpPath(), cors(parts.config().cors(), watched));
    }
    builder.service(
        GrpcService.builder().addService(GrpcHealthCheckService.of(parts.health())).build());
    builder.serviceUnder(
        "/",
        (ctx, request) -> {
          parts.connections().serving(ctx);
          parts.metrics().unknownPath();
          return HttpReply.unknownPath(ctx.path());
        });
    builder.errorHandler(new HttpErrors(parts.metrics()).orElse(ServerErrorHandler.ofDefault()));
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

  /** The time for a request to arrive, and for Kafka to take it. */
  static Duration longestCall(GatewaySection config) {
    return config.connections().receiveTimeout().plus(config.producer().deliveryTimeout());
  }

  private static void limits(ServerBuilder builder, GatewaySection config) {
    builder
        .maxRequestLength(config.maxRequestBytes() + FRAMING_BYTES)
        .requestTimeout(longestCall(config))
        .idleTimeout(config.connections().idleTimeout())
        .pingInterval(config.connections().pingInterval())
        .http2MaxStreamsPerConnection(Connections.MAX_CALLS)
        .gracefulShutdownTimeout(QUIET_PERIOD, config.drainTimeout().plus(QUIET_PERIOD))
        .verboseResponses(false)
        .disableServerHeader()
        .disableDateHeader()
        // An empty one: the gateway counts for itself.
        .meterRegistry(new CompositeMeterRegistry());
  }

  private static GrpcService grpc(Signal signal, Access access, Parts parts) {
    return GrpcService.builder()
        .addService(GrpcEndpoint.of(signal, access, parts.intake()))
        .decompressorRegistry(DECOMPRESSORS)
        .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
        .maxRequestMessageLength(parts.config().maxRequestBytes())
        // Without a deadline from the client there would be none, and slow senders stay for ever.
        .useClientTimeoutHeader(false)
        .exceptionHandler(new GrpcErrors(signal, parts.metrics()))
        .build();
  }

  private static OtlpServer listen(Port port, Server server, Optional<TlsFiles> tls) {
    try {
      server.start().join();
      return new OtlpServer(server, tls.map(OtlpServer::watch));
    } catch (CompletionException e) {
      server.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw CannotStart.cannotListen(port.key(), port.number(), cause);
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
