package io.millrace.metrics;

import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.CheckedConfig;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;

/**
 * Configuration of the metrics processor.
 *
 * @param kafka how to reach Kafka
 * @param topics names and shapes of the topics
 * @param admin where the admin port listens
 * @param metrics how to deliver, and where to
 */
public record MetricsConfig(
    KafkaConfig kafka, TopicsConfig topics, AdminConfig admin, MetricsSection metrics)
    implements CheckedConfig {

  public static final MetricsConfig DEFAULT =
      new MetricsConfig(
          KafkaConfig.DEFAULT, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, MetricsSection.DEFAULT);

  @Override
  public void check() {
    if (!metrics.onlySums()) {
      metrics.processor().check(Signal.METRICS);
    }
  }
}
