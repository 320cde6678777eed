package io.millrace.metrics.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.metrics.MetricsProcess;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Two metrics processors that sum, each a standby of the other, and their topics. */
final class DeltaFleet implements AutoCloseable {

  static final int PARTITIONS = 3;
  static final int SIZE = 2;

  private final Path folder;
  private final String bootstrapServers;
  private final TopicsConfig topics = topics();
  private final MetricsProcess[] processes = new MetricsProcess[SIZE];

  /** Makes the topics and starts nothing. */
  DeltaFleet(Path folder, String bootstrapServers) {
    this.folder = folder;
    this.bootstrapServers = bootstrapServers;
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka())) {
      assertThat(admin.apply(topics.catalogue(Signal.METRICS))).isEmpty();
    }
  }

  private static TopicsConfig topics() {
    TopicsConfig all = TopicsConfig.DEFAULT.withReplicationFactor(1);
    TopicConfig metrics = all.metrics();
    return new TopicsConfig(
        all.traces(),
        new TopicConfig(
            metrics.name(), PARTITIONS, 1, metrics.retention(), metrics.maxMessageBytes()),
        all.logs(),
        1,
        all.deadLetterRetention());
  }

  KafkaConfig kafka() {
    return new KafkaConfig(bootstrapServers, Map.of());
  }

  String topic() {
    return topics.of(Signal.METRICS).name();
  }

  /** Those that do not run. */
  void startAll() throws IOException {
    for (int i = 0; i < SIZE; i++) {
      if (processes[i] == null) {
        processes[i] = MetricsProcess.start(folder, config(i));
      }
    }
  }

  void kill(int i) throws InterruptedException {
    if (processes[i] != null) {
      processes[i].close();
      processes[i] = null;
    }
  }

  /** Stops one as an orchestrator does, waits for its end and starts it again. */
  void restart(int i) throws IOException, InterruptedException {
    processes[i].terminate();
    processes[i] = MetricsProcess.start(folder, config(i));
  }

  void assertAlive() {
    for (MetricsProcess process : processes) {
      assertThat(process.isAlive()).as(process::output).isTrue();
    }
  }

  private Path config(int i) throws IOException {
    return Files.writeString(
        folder.resolve("metrics-" + i + ".yaml"),
        """
        kafka:
          bootstrap-servers: %s
          properties: {session.timeout.ms: 6000, heartbeat.interval.ms: 1000}
        topics: {metrics: {partitions: %d, replication-factor: 1}}
        admin: {port: 0}
        metrics:
          delta:
            enabled: true
            state-dir: '%s'
            instance-id: process-%d
            standby-replicas: 1
          destinations: {nowhere: {url: 'discard:/'}}
        """
            .formatted(bootstrapServers, PARTITIONS, folder.resolve("state-" + i), i));
  }

  @Override
  public void close() throws InterruptedException {
    for (int i = 0; i < SIZE; i++) {
      kill(i);
    }
  }
}
