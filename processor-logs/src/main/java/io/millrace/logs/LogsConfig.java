package io.millrace.logs;

import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.CheckedConfig;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;

/**
 * Configuration of the logs processor.
 *
 * @param kafka how to reach Kafka
 * @param topics names and shapes of the topics
 * @param admin where the admin port listens
 * @param logs how to deliver, and where to
 */
public record LogsConfig(
    KafkaConfig kafka, TopicsConfig topics, AdminConfig admin, LogsSection logs)
    implements CheckedConfig {

  public static final LogsConfig DEFAULT =
      new LogsConfig(
          KafkaConfig.DEFAULT, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, LogsSection.DEFAULT);

  @Override
  public void check() {
    logs.processor().check(Signal.LOGS);
  }
}
