package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * An OpenTelemetry SDK that exports everything twice: to a pipeline, and to a {@link Backend} which
 * so knows what was sent.
 */
final class Sdk implements AutoCloseable {

  /**
   * The exporters under test.
   *
   * @param grpc OTLP/gRPC, else OTLP/HTTP
   * @param compression {@code gzip} or {@code none}
   */
  record Transport(boolean grpc, String compression) {}

  /** Which an application of ours names itself; long enough to be collected by a test alone. */
  private static final Duration NEVER = Duration.ofHours(1);

  private final OpenTelemetrySdk sdk;

  private Sdk(Exporters pipeline, Exporters record, String serviceName) {
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.builder()
                        .put("service.name", serviceName)
                        .put("service.namespace", "its")
                        .build(),
                    "https://opentelemetry.io/schemas/1.37.0"));
    sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setResource(resource)
                    .addSpanProcessor(
                        BatchSpanProcessor.builder(
                                SpanExporter.composite(pipeline.spans(), record.spans()))
                            .setScheduleDelay(NEVER)
                            .setMaxQueueSize(1 << 16)
                            .build())
                    .build())
            .setLoggerProvider(
                SdkLoggerProvider.builder()
                    .setResource(resource)
                    .addLogRecordProcessor(
                        BatchLogRecordProcessor.builder(
                                LogRecordExporter.composite(pipeline.logs(), record.logs()))
                            .setScheduleDelay(NEVER)
                            .setMaxQueueSize(1 << 16)
                            .build())
                    .build())
            .setMeterProvider(
                SdkMeterProvider.builder()
                    .setResource(resource)
                    .registerView(
                        InstrumentSelector.builder().setName("*.exponential").build(),
                        View.builder()
                            .setAggregation(Aggregation.base2ExponentialBucketHistogram())
                            .build())
                    .registerMetricReader(
                        PeriodicMetricReader.builder(
                                new BothMetricExporters(pipeline.metrics(), record.metrics()))
                            .setInterval(NEVER)
                            .build())
                    .build())
            .build();
  }

  static Sdk open(RunningPipeline pipeline, Transport transport, Backend record) {
    return open(pipeline, transport, Map.of(), record);
  }

  /**
   * @param headers sent to the pipeline with every request
   */
  static Sdk open(
      RunningPipeline pipeline, Transport transport, Map<String, String> headers, Backend record) {
    Exporters underTest =
        transport.grpc()
            ? grpc(pipeline.grpcUrl(), transport.compression(), headers)
            : http(pipeline.httpUrl(), transport.compression(), headers);
    String service = (transport.grpc() ? "grpc-" : "http-") + transport.compression();
    return new Sdk(underTest, http(record.url(), "none", Map.of()), service);
  }

  private record Exporters(SpanExporter spans, MetricExporter metrics, LogRecordExporter logs) {}

  private static Exporters grpc(String url, String compression, Map<String, String> headers) {
    Supplier<Map<String, String>> given = () -> headers;
    return new Exporters(
        OtlpGrpcSpanExporter.builder()
            .setEndpoint(url)
            .setCompression(compression)
            .setHeaders(given)
            .build(),
        OtlpGrpcMetricExporter.builder()
            .setEndpoint(url)
            .setCompression(compression)
            .setHeaders(given)
            .build(),
        OtlpGrpcLogRecordExporter.builder()
            .setEndpoint(url)
            .setCompression(compression)
            .setHeaders(given)
            .build());
  }

  /** Metrics as delta, so that both temporalities pass through. */
  private static Exporters http(String url, String compression, Map<String, String> headers) {
    Supplier<Map<String, String>> given = () -> headers;
    return new Exporters(
        OtlpHttpSpanExporter.builder()
            .setEndpoint(url + "/v1/traces")
            .setCompression(compression)
            .setHeaders(given)
            .build(),
        OtlpHttpMetricExporter.builder()
            .setEndpoint(url + "/v1/metrics")
            .setCompression(compression)
            .setHeaders(given)
            .setAggregationTemporalitySelector(AggregationTemporalitySelector.deltaPreferred())
            .build(),
        OtlpHttpLogRecordExporter.builder()
            .setEndpoint(url + "/v1/logs")
            .setCompression(compression)
            .setHeaders(given)
            .build());
  }

  OpenTelemetry api() {
    return sdk;
  }

  /** Exports what has been recorded so far; the pipeline has acknowledged it when this returns. */
  void flush() {
    join(
        CompletableResultCode.ofAll(
            List.of(
                sdk.getSdkTracerProvider().forceFlush(),
                sdk.getSdkMeterProvider().forceFlush(),
                sdk.getSdkLoggerProvider().forceFlush())));
  }

  private static void join(CompletableResultCode result) {
    result.join(60, TimeUnit.SECONDS);
    assertThat(result.isSuccess()).as("export acknowledged").isTrue();
  }

  /** Exports the metrics once more. */
  @Override
  public void close() {
    join(sdk.shutdown());
  }
}
