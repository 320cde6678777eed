package io.millrace.standalone;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.broker.BrokerCannotStart;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.Role;
import io.millrace.daemon.Secret;
import io.millrace.gateway.Gateway;
import io.millrace.logs.LogsProcessor;
import io.millrace.metrics.MetricsProcessor;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.Topic;
import io.millrace.topics.TopicsAdmin;
import io.millrace.traces.TracesProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Broker, topics, gateway and processors, started in this order and stopped in an order that leaves
 * nothing behind: first the gateway finishes its requests, then what Kafka holds is delivered, then
 * the processors commit, then the broker stops.
 */
final class Pipeline implements Role {

  /**
   * One consumer stands in each group, always the same: after a kill it takes its own place again
   * at once, where a new member would wait 45 s for the session of its predecessor to end.
   */
  private static final Map<String, Secret> STATIC_MEMBER =
      Map.of("group.instance.id", new Secret("standalone"));

  private final StandaloneConfig config;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final List<Role> roles = new ArrayList<>();
  private final KafkaConfig kafka;
  private final Gateway gateway;

  private Pipeline(
      StandaloneConfig config, MeterRegistry registry, Supplier<StandaloneConfig> reread) {
    this.config = config;
    try {
      kafka = startBroker();
      applyTopics();
      run(TracesProcessor.start(config.traces(kafka), registry, () -> reread.get().traces(kafka)));
      run(MetricsProcessor.start(config.metrics(kafka), registry));
      run(LogsProcessor.start(config.logs(kafka), registry));
      started.push(new CatchUp(kafka, config));
      gateway = Gateway.start(config.gateway(kafka), registry);
      run(gateway);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * @throws CannotStart if a port is busy or a folder cannot be written; nothing is left running
   */
  static Pipeline start(StandaloneConfig config, MeterRegistry registry) {
    return start(config, registry, () -> config);
  }

  /**
   * @param reread gives the configuration as it is now, for what may change while it runs
   */
  static Pipeline start(
      StandaloneConfig config, MeterRegistry registry, Supplier<StandaloneConfig> reread) {
    return new Pipeline(config, registry, reread);
  }

  private KafkaConfig startBroker() {
    Path folder = config.kafkaFolder();
    requireWritable(config.standalone().dataDir());
    try {
      EmbeddedBroker broker = EmbeddedBroker.start(folder, config.standalone().kafkaPort());
      started.push(broker);
      return new KafkaConfig(broker.bootstrapServers(), STATIC_MEMBER);
    } catch (BrokerCannotStart e) {
      if (e.getCause() instanceof IOException cause
          && String.valueOf(cause.getMessage()).contains("in use")) {
        throw CannotStart.cannotListen(
            "standalone.kafka-port", config.standalone().kafkaPort(), cause);
      }
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  static void requireWritable(Path dataDir) {
    try {
      Files.createDirectories(dataDir);
    } catch (IOException e) {
      throw new CannotStart("standalone.data-dir", dataDir, "a folder that can be made", e);
    }
    if (!Files.isWritable(dataDir)) {
      throw new CannotStart("standalone.data-dir", dataDir, "a writable folder", null);
    }
  }

  private void applyTopics() {
    List<Topic> topics =
        Stream.of(Signal.values())
            .flatMap(signal -> config.singleNodeTopics().catalogue(signal).stream())
            .toList();
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      List<TopicsAdmin.Difference> differences = admin.apply(topics);
      if (!differences.isEmpty()) {
        throw new CannotStart(
            "topics: %s; use another --data-dir, or the number the data was written with"
                .formatted(differences.get(0)),
            null);
      }
    }
  }

  private void run(Role role) {
    started.push(role);
    roles.add(role);
  }

  int grpcPort() {
    return gateway.grpcPort();
  }

  int httpPort() {
    return gateway.httpPort();
  }

  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  @Override
  public Optional<String> unready() {
    return roles.stream().flatMap(role -> role.unready().stream()).findFirst();
  }

  /** Also of a pipeline that has started in part. */
  @Override
  public void close() {
    LastFirst.close(started);
  }
}
