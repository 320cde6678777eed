package io.millrace.traces;

import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.CheckedConfig;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;

/**
 * Configuration of the traces processor.
 *
 * @param kafka how to reach Kafka
 * @param topics names and shapes of the topics
 * @param admin where the admin port listens
 * @param traces what to keep, how to deliver, and where to
 */
public record TracesConfig(
    KafkaConfig kafka, TopicsConfig topics, AdminConfig admin, TracesSection traces)
    implements CheckedConfig {

  public static final TracesConfig DEFAULT =
      new TracesConfig(
          KafkaConfig.DEFAULT, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, TracesSection.DEFAULT);

  @Override
  public void check() {
    traces.processor().check(Signal.TRACES);
  }
}
