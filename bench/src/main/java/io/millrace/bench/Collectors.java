package io.millrace.bench;

/** Configurations of a Collector that reads a topic of Kafka and delivers what it holds. */
final class Collectors {

  private Collectors() {}

  /**
   * A pipeline whose batches are about as large as ours.
   *
   * @param signal such as {@code logs}
   * @param before names of processors that come before the batch, each with a comma behind it
   * @param processors their configuration
   * @param exporter its configuration; its name is the first word
   */
  static String config(String signal, String before, String processors, String exporter) {
    return """
    receivers:
      kafka:
        brokers: ["BROKER"]
        group_id: TOPIC
        initial_offset: earliest
        SIGNAL: {topics: [TOPIC], encoding: otlp_proto}
    exporters:
    EXPORTER
    processors:
      batch: {send_batch_size: 8192, timeout: 200ms}
    PROCESSORS
    service:
      telemetry: {metrics: {level: none}, logs: {level: warn}}
      pipelines:
        SIGNAL: {receivers: [kafka], processors: [BEFOREbatch], exporters: [NAME]}
    """
        .replace("EXPORTER\n", exporter)
        .replace("PROCESSORS\n", processors)
        .replace("SIGNAL", signal)
        .replace("BEFORE", before)
        .replace("NAME", exporter.strip().split(":", 2)[0]);
  }
}
