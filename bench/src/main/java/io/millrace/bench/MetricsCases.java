package io.millrace.bench;

import io.millrace.bench.DeliveryBench.Case;
import io.millrace.bench.DeliverySide.Setup;
import java.util.List;

/**
 * Metrics from Kafka to a backend: records of 102 points, 12 of them histograms of 15 buckets; each
 * of one of many processes, whose series are its own.
 */
final class MetricsCases {

  private static final int POINTS = 102;

  /** Of 90 numbers, and 12 histograms with 15 buckets, their count and their sum. */
  private static final int SAMPLES = 90 + 12 * 17;

  private static final int SECONDS_BETWEEN_ROUNDS = 15;

  static List<Case> all() {
    return List.of(
        new Case(
            "metrics.remote-write",
            "point",
            () -> stream(SAMPLES),
            ours("288m", "url: http://BACKEND/api/v1/write"),
            collector(
                """
                  prometheus_remote_write:
                    endpoint: http://BACKEND/api/v1/write
                """)),
        otlp("metrics.otlp", "gzip"),
        // Ours is of level 1 by default, theirs is not.
        otlp("metrics.otlp.level-1", "gzip\n    compression_params: {level: 1}"));
  }

  private static Case otlp(String name, String compression) {
    return new Case(
        name,
        "point",
        () -> stream(POINTS),
        ours("200m", "url: http://BACKEND"),
        collector(
            """
              otlp_http:
                endpoint: http://BACKEND
                compression: COMPRESSION
            """
                .replace("COMPRESSION", compression)));
  }

  private MetricsCases() {}

  private static Setup ours(String heap, String destination) {
    return new Setup(
        "metrics",
        heap,
        """
        kafka: {bootstrap-servers: BROKER}
        topics: {metrics: {name: TOPIC, replication-factor: 1}}
        admin: {port: 0}
        metrics:
          delivery: {group-prefix: TOPIC}
          destinations: {backend: {DESTINATION}}
        """
            .replace("DESTINATION", destination));
  }

  private static Setup collector(String exporter) {
    return Setup.collector(Collectors.config("metrics", "", "", exporter));
  }

  /**
   * @param arriving what a backend counts of a record
   */
  static RecordStream stream(int arriving) {
    Telemetry telemetry = new Telemetry(4);
    return RecordStream.of(
        i ->
            telemetry.metrics(
                i % RecordStream.PROCESSES,
                i / RecordStream.PROCESSES * (long) SECONDS_BETWEEN_ROUNDS),
        POINTS,
        any -> arriving);
  }
}
