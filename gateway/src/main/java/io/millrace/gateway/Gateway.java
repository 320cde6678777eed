package io.millrace.gateway;

import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.server.healthcheck.SettableHealthChecker;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.Role;
import io.millrace.gateway.Credentials.Unusable;
import io.millrace.otlp.Hasher;
import io.millrace.otlp.Signal;
import io.millrace.otlp.Splitter;
import io.millrace.otlp.Splitters;
import io.millrace.topics.KafkaConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway. It starts whether Kafka is there or not: while Kafka is away it is not ready
 * and refuses what it gets, with a delay.
 */
public final class Gateway implements Role {

  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  private final GatewaySection config;
  private final SettableHealthChecker health = new SettableHealthChecker(false);
  private final Publisher publisher;
  private final TopicWatch watch;
  private final GatewayMetrics metrics;
  private final TenantLimits limits;
  private final Intake intake;
  private final OtlpServer.Parts parts;
  private final List<OtlpServer> servers = new ArrayList<>();
  private Optional<Credentials> credentials = Optional.empty();
  private @Nullable Future<?> credentialsWatch;
  private volatile boolean closing;

  private Gateway(
      GatewayConfig config, MeterRegistry registry, RenewableProducer producer, Admin admin) {
    this.config = config.gateway();
    ProducerMeters.register(registry, producer);
    var probe = new KafkaProbe(config.kafka().bootstrapServers(), admin, producer, config.topics());
    watch = new TopicWatch(probe, ready -> health.setHealthy(ready && !closing));
    var admission = new Admission(this.config.maxInFlightBytes());
    metrics = new GatewayMetrics(registry, admission, this.config.tenants().named());
    var metadata =
        new MetadataHeaders(this.config.metadataHeaders(), metrics::omittedMetadataHeader);
    publisher = new Publisher(producer, config.topics(), metadata);
    limits = new TenantLimits(this.config.tenants(), System::nanoTime);
    intake = new Intake(watch::state, splitters(this.config), limits, publisher, metrics);
    var connections =
        new Connections(
            this.config.connections(),
            System::nanoTime,
            bound -> ThreadLocalRandom.current().nextLong(bound),
            OtlpServer.longestCall(this.config),
            registry);
    parts = new OtlpServer.Parts(this.config, connections, admission, intake, metrics, health);
  }

  /**
   * Starts taking OTLP.
   *
   * @throws CannotStart if a port is taken or the Kafka clients refuse their configuration
   */
  public static Gateway start(GatewayConfig config, MeterRegistry registry) {
    Gateway gateway = create(config, registry);
    try {
      gateway.watch.start();
      gateway.readCredentials();
      gateway.listen();
    } catch (RuntimeException e) {
      gateway.close();
      throw e;
    }
    log.info("OTLP/gRPC on port {}, OTLP/HTTP on port {}", gateway.grpcPort(), gateway.httpPort());
    gateway
        .proxyProtocolPorts()
        .forEach(port -> log.info("OTLP behind the PROXY protocol on port {}", port));
    return gateway;
  }

  private static Gateway create(GatewayConfig config, MeterRegistry registry) {
    var bytes = new ByteArraySerializer();
    try {
      Map<String, Object> settings = ProducerSettings.of(config);
      var producer = new RenewableProducer(() -> new KafkaProducer<>(settings, bytes, bytes));
      try {
        Admin admin = Admin.create(KafkaProbe.adminSettings(config));
        return new Gateway(config, registry, producer, admin);
      } catch (KafkaException e) {
        producer.close(Duration.ZERO);
        throw e;
      }
    } catch (KafkaException e) {
      throw new CannotStart("kafka: " + KafkaConfig.refusal(e), null);
    }
  }

  private static Map<Signal, Splitter> splitters(GatewaySection config) {
    Hasher hasher = config.hasher();
    return Map.of(
        Signal.TRACES, Splitters.traces(hasher),
        Signal.METRICS, Splitters.metrics(hasher),
        Signal.LOGS, Splitters.logs(config.partitionLogsBy(), hasher));
  }

  private void listen() {
    Access grpc = access("gateway.grpc", config.grpc());
    Access http = access("gateway.http", config.http());
    servers.add(OtlpServer.start("gateway.grpc", config.grpc(), grpc, parts));
    servers.add(OtlpServer.start("gateway.http", config.http(), http, parts));
    OtlpServer.startForProxies("gateway.grpc", config.grpc(), grpc, parts).ifPresent(servers::add);
    OtlpServer.startForProxies("gateway.http", config.http(), http, parts).ifPresent(servers::add);
  }

  private Access access(String key, ListenerConfig listener) {
    Optional<Credentials> required = credentials.filter(file -> listener.requireCredentials());
    if (required.isPresent() && listener.tls().certificate().isEmpty()) {
      log.warn(
          "{}: credentials arrive in plain text (expected: {}.tls, or TLS before it)", key, key);
    }
    return new Access(config, required, limits);
  }

  private void readCredentials() {
    config.credentials().file().ifPresent(this::readCredentials);
  }

  private void readCredentials(Path file) {
    try {
      Credentials read = new Credentials(file, metrics::credentialsReloaded);
      credentials = Optional.of(read);
      credentialsWatch =
          CommonPools.blockingTaskExecutor()
              .scheduleWithFixedDelay(read::refresh, 1, 1, TimeUnit.SECONDS);
    } catch (Unusable e) {
      throw new CannotStart("gateway.credentials.file: " + e.getMessage(), e);
    }
  }

  /** The port bound for {@code gateway.grpc}; it serves OTLP/HTTP as well. */
  public int grpcPort() {
    return servers.get(0).port();
  }

  /** The port bound for {@code gateway.http}; it serves OTLP/gRPC as well. */
  public int httpPort() {
    return servers.get(1).port();
  }

  /** The ports bound for load balancers that speak the PROXY protocol, that of gRPC first. */
  List<Integer> proxyProtocolPorts() {
    return servers.stream().skip(2).map(OtlpServer::port).toList();
  }

  @Override
  public Optional<String> unready() {
    return closing ? Optional.of("stopping") : watch.unready();
  }

  /**
   * Refuses what comes, answers what has been taken, and frees all. What Kafka has not acknowledged
   * by the drain timeout is left unanswered: its clients send it again.
   */
  @Override
  public void close() {
    long deadlineNanos = System.nanoTime() + config.drainTimeout().toNanos();
    closing = true;
    health.setHealthy(false);
    intake.stop();
    CompletableFuture.allOf(
            servers.stream().map(OtlpServer::stop).toArray(CompletableFuture<?>[]::new))
        .join();
    if (credentialsWatch != null) {
      credentialsWatch.cancel(false);
    }
    watch.close();
    publisher.close(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
  }
}
