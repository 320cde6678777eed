package io.millrace.shop;

import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;

/**
 * The SDK's OTLP exporters of one service to one endpoint, gzip, each counting into a {@link
 * Tally}. They cannot be shared between services: the HTTP client behind an exporter refuses what
 * exceeds five requests at a time.
 */
record Exporters(
    CountingSpanExporter spans, CountingMetricExporter metrics, CountingLogRecordExporter logs) {

  private static final String GZIP = "gzip";

  static Exporters to(Endpoint endpoint, Tally tally) {
    return new Exporters(
        new CountingSpanExporter(spans(endpoint), tally),
        new CountingMetricExporter(metrics(endpoint), tally),
        new CountingLogRecordExporter(logs(endpoint), tally));
  }

  private static SpanExporter spans(Endpoint endpoint) {
    String url = endpoint.url("/v1/traces");
    return endpoint.grpc()
        ? OtlpGrpcSpanExporter.builder().setEndpoint(url).setCompression(GZIP).build()
        : OtlpHttpSpanExporter.builder().setEndpoint(url).setCompression(GZIP).build();
  }

  private static MetricExporter metrics(Endpoint endpoint) {
    String url = endpoint.url("/v1/metrics");
    return endpoint.grpc()
        ? OtlpGrpcMetricExporter.builder().setEndpoint(url).setCompression(GZIP).build()
        : OtlpHttpMetricExporter.builder().setEndpoint(url).setCompression(GZIP).build();
  }

  private static LogRecordExporter logs(Endpoint endpoint) {
    String url = endpoint.url("/v1/logs");
    return endpoint.grpc()
        ? OtlpGrpcLogRecordExporter.builder().setEndpoint(url).setCompression(GZIP).build()
        : OtlpHttpLogRecordExporter.builder().setEndpoint(url).setCompression(GZIP).build();
  }
}
