package io.millrace.bench;

import io.millrace.bench.DeliveryBench.Case;
import io.millrace.bench.DeliverySide.Setup;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import java.util.List;
import java.util.Locale;

/** Logs from Kafka to a backend: records of 102 lines, 22 KB. */
final class LogsCases {

  private static final int LINES = 102;
  private static final String HEAP = "200m";

  static List<Case> all() {
    return List.of(
        otlp("gzip"),
        otlp("zstd"),
        otlp("none"),
        // Ours is of level 1 by default, theirs is not.
        new Case(
            "logs.otlp.level-1",
            "line",
            LogsCases::alike,
            ours("url: http://BACKEND", ""),
            collector("gzip\n    compression_params: {level: 1}", "", "")),
        new Case(
            "logs.processing",
            "line",
            LogsCases::mixed,
            ours("url: http://BACKEND, compression: zstd", RULES),
            collector("zstd", "filter, transform, ", PROCESSORS)),
        // Beside our own OTLP, as it is by default.
        new Case(
            "logs.push",
            "line",
            LogsCases::alike,
            ours("url: http://BACKEND/loki/api/v1/push", ""),
            ours("url: http://BACKEND", "")),
        // Beside a program that does nothing but what any delivery must do.
        floor(BareDelivery.Mode.READ),
        floor(BareDelivery.Mode.POST));
  }

  private LogsCases() {}

  private static Case otlp(String compression) {
    return new Case(
        "logs.otlp." + compression,
        "line",
        LogsCases::alike,
        ours("url: http://BACKEND, compression: " + compression, ""),
        collector(compression, "", ""));
  }

  private static Case floor(BareDelivery.Mode mode) {
    return new Case(
        "logs.floor." + mode.name().toLowerCase(Locale.ROOT),
        "line",
        LogsCases::alike,
        ours("url: http://BACKEND, compression: none", ""),
        Setup.bare(mode, LINES, HEAP));
  }

  private static Setup ours(String destination, String processing) {
    return new Setup(
        "logs",
        HEAP,
        """
        kafka: {bootstrap-servers: BROKER}
        topics: {logs: {name: TOPIC, replication-factor: 1}}
        admin: {port: 0}
        logs:
          delivery: {group-prefix: TOPIC}
          destinations: {backend: {DESTINATION}}
        """
                .replace("DESTINATION", destination)
            + processing);
  }

  private static final String RULES =
      """
        processing:
          rules:
            - {name: debug, drop: severity_number < SEVERITY_NUMBER_INFO}
            - {name: health, drop: 'attributes["url.path"] == "/healthz"'}
            - {name: secrets, on: item, redact: {named: [card-number, email, ipv4]}}
      """;

  private static Setup collector(String compression, String before, String processors) {
    return Setup.collector(
        Collectors.config(
            "logs",
            before,
            processors,
            """
              otlp_http:
                endpoint: http://BACKEND
                compression: COMPRESSION
            """
                .replace("COMPRESSION", compression)));
  }

  /** The same, as near as its language comes: it knows no sum of a card's digits. */
  private static final String PROCESSORS =
      """
        filter:
          error_mode: ignore
          logs:
            log_record:
              - severity_number < SEVERITY_NUMBER_INFO
              - attributes["url.path"] == "/healthz"
        transform:
          error_mode: ignore
          log_statements:
            - context: log
              statements:
                - replace_pattern(body, "CARD", "****")
                - replace_pattern(body, "MAIL", "****")
                - replace_pattern(body, "ADDRESS", "****")
                - replace_all_patterns(attributes, "value", "CARD", "****")
                - replace_all_patterns(attributes, "value", "MAIL", "****")
                - replace_all_patterns(attributes, "value", "ADDRESS", "****")
      """
          .replace("CARD", "\\\\b[2-6](?:[ -]?[0-9]){12,18}\\\\b")
          .replace("MAIL", "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+[.][A-Za-z]{2,}")
          .replace("ADDRESS", "\\\\b(?:[0-9]{1,3}[.]){3}[0-9]{1,3}\\\\b");

  static RecordStream alike() {
    Telemetry telemetry = new Telemetry(5);
    return RecordStream.of(i -> telemetry.logs(process(i)), LINES, any -> LINES);
  }

  static RecordStream mixed() {
    Telemetry telemetry = new Telemetry(6);
    return RecordStream.of(i -> telemetry.mixedLogs(process(i)), LINES, LogsCases::left);
  }

  private static int process(int record) {
    return record % RecordStream.PROCESSES;
  }

  /** Lines that neither rule drops. */
  private static int left(ExportLogsServiceRequest request) {
    return (int)
        request.getResourceLogsList().stream()
            .flatMap(resource -> resource.getScopeLogs(0).getLogRecordsList().stream())
            .filter(LogsCases::stays)
            .count();
  }

  private static boolean stays(LogRecord line) {
    return line.getSeverityNumberValue() >= SeverityNumber.SEVERITY_NUMBER_INFO_VALUE
        && line.getAttributesList().stream()
            .noneMatch(
                attribute -> attribute.getValue().getStringValue().equals(Telemetry.HEALTH_CHECK));
  }
}
