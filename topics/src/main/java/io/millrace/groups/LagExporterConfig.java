package io.millrace.groups;

import io.millrace.daemon.AdminConfig;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;

/**
 * Configuration of the lag exporter.
 *
 * @param kafka how to reach Kafka
 * @param topics whose groups are looked at
 * @param admin where the admin port listens
 * @param lagExporter its own section
 */
public record LagExporterConfig(
    KafkaConfig kafka, TopicsConfig topics, AdminConfig admin, LagExporterSection lagExporter) {

  public static final LagExporterConfig DEFAULT =
      new LagExporterConfig(
          KafkaConfig.DEFAULT,
          TopicsConfig.DEFAULT,
          AdminConfig.DEFAULT,
          LagExporterSection.DEFAULT);
}
