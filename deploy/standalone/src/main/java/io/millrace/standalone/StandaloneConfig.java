package io.millrace.standalone;

import io.millrace.daemon.AdminConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.gateway.GatewayConfig;
import io.millrace.gateway.GatewaySection;
import io.millrace.logs.LogsConfig;
import io.millrace.logs.LogsDestination;
import io.millrace.logs.LogsSection;
import io.millrace.metrics.MetricsConfig;
import io.millrace.metrics.MetricsDestination;
import io.millrace.metrics.MetricsSection;
import io.millrace.otlp.Signal;
import io.millrace.processor.ProcessorConfig;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;
import io.millrace.traces.ExamplePolicies;
import io.millrace.traces.TracesConfig;
import io.millrace.traces.TracesSection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Configuration of the standalone pipeline: the sections of all roles but {@code kafka}, which it
 * brings itself.
 *
 * @param topics names and shapes of the topics; they have one replica here, whatever is set
 * @param admin where the admin port listens
 * @param gateway the gateway's own section
 * @param traces the traces processor; without a destination it writes files
 * @param metrics the metrics processor; likewise
 * @param logs the logs processor; likewise
 * @param standalone what only this pipeline needs
 */
public record StandaloneConfig(
    TopicsConfig topics,
    AdminConfig admin,
    GatewaySection gateway,
    TracesSection traces,
    MetricsSection metrics,
    LogsSection logs,
    StandaloneSection standalone) {

  public static final StandaloneConfig DEFAULT =
      new StandaloneConfig(
          TopicsConfig.DEFAULT,
          AdminConfig.DEFAULT,
          GatewaySection.DEFAULT,
          TracesSection.DEFAULT,
          MetricsSection.DEFAULT,
          LogsSection.DEFAULT,
          StandaloneSection.DEFAULT);

  /** Name of the destination that stands where none is configured. */
  static final String FILES = "files";

  /** The same with the policies of the documentation. */
  StandaloneConfig withExamplePolicies() {
    return new StandaloneConfig(
        topics, admin, gateway, ExamplePolicies.in(traces), metrics, logs, standalone);
  }

  /** The topics of a Kafka with one node. */
  TopicsConfig singleNodeTopics() {
    return topics.withReplicationFactor(1);
  }

  /** The signal's processor, writing files if it is not told where to deliver. */
  ProcessorConfig processor(Signal signal) {
    ProcessorConfig config =
        switch (signal) {
          case TRACES -> traces.processor();
          case METRICS -> metrics.processor();
          case LOGS -> logs.processor();
        };
    if (!config.destinations().isEmpty()) {
      return config;
    }
    return config.to(Map.of(FILES, DestinationConfig.to(outUrl(signal))));
  }

  /** The same whether the folder is there yet or not. */
  private String outUrl(Signal signal) {
    return outFolder(signal).toUri().toString().replaceFirst("/$", "");
  }

  /** How long a stop waits for what Kafka holds; verdicts on the last traces are part of it. */
  Duration catchUpTimeout() {
    return standalone.catchUpTimeout().plus(traces.longestVerdict());
  }

  Path outFolder(Signal signal) {
    return standalone.dataDir().resolve("out").resolve(signal.id()).toAbsolutePath().normalize();
  }

  /** Where the log goes while a terminal shows the live block. */
  Path logFile() {
    return standalone.dataDir().resolve("millrace.log");
  }

  Path kafkaFolder() {
    return standalone.dataDir().resolve("kafka");
  }

  GatewayConfig gateway(KafkaConfig kafka) {
    return new GatewayConfig(kafka, singleNodeTopics(), admin, gateway);
  }

  TracesConfig traces(KafkaConfig kafka) {
    return new TracesConfig(
        kafka, singleNodeTopics(), admin, traces.to(processor(Signal.TRACES).destinations()));
  }

  MetricsConfig metrics(KafkaConfig kafka) {
    MetricsSection section =
        metrics.destinations().isEmpty()
            ? metrics.to(Map.of(FILES, MetricsDestination.to(outUrl(Signal.METRICS))))
            : metrics;
    return new MetricsConfig(
        kafka,
        singleNodeTopics(),
        admin,
        section.withStateIn(standalone.dataDir().resolve("metrics-state")));
  }

  LogsConfig logs(KafkaConfig kafka) {
    LogsSection section =
        logs.destinations().isEmpty()
            ? logs.to(Map.of(FILES, LogsDestination.to(outUrl(Signal.LOGS))))
            : logs;
    return new LogsConfig(kafka, singleNodeTopics(), admin, section);
  }
}
