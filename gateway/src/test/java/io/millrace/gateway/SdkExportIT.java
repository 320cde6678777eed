package io.millrace.gateway;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.millrace.broker.Broker;
import io.millrace.otlp.Signal;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The OpenTelemetry SDK as the client; each item is compared as the SDK held it and as it lies. */
@Tag(Broker.ANY)
class SdkExportIT {

  private static final Resource SHOP =
      Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "shop"));
  private static final AttributeKey<Long> NUMBER = AttributeKey.longKey("number");
  private static final int ITEMS = 200;

  @TempDir static Path dir;
  private static Broker broker;
  private static TestPipeline pipeline;

  @BeforeAll
  static void start() {
    broker = Broker.forTests(dir);
    pipeline = TestPipeline.start(broker);
  }

  @AfterAll
  static void stop() {
    pipeline.close();
    broker.close();
  }

  @BeforeEach
  void begin() {
    pipeline.forget();
  }

  @AfterEach
  void shouldBalance() {
    pipeline.assertBalanced();
    assertThat(pipeline.counter("refused.requests")).isZero();
    assertThat(pipeline.counter("published.items")).isPositive();
    LeakWatch.assertNone();
  }

  @ParameterizedTest
  @CsvSource({"grpc, gzip", "grpc, none", "http, gzip", "http, none"})
  void shouldStoreEverySpanAsItWasSent(String transport, String compression) {
    // Given
    List<SpanData> sent = new CopyOnWriteArrayList<>();
    try (SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(SHOP)
            .addSpanProcessor(
                BatchSpanProcessor.builder(recording(spans(transport, compression), sent))
                    .setMaxExportBatchSize(50)
                    .build())
            .build()) {
      // When
      var tracer = provider.get("test");
      for (int i = 0; i < ITEMS / 2; i++) {
        var parent = tracer.spanBuilder("parent-" + i).setAttribute(NUMBER, i).startSpan();
        tracer
            .spanBuilder("child-" + i)
            .setParent(parent.storeInContext(Context.root()))
            .startSpan()
            .end();
        parent.end();
      }
      assertThat(succeeded(provider.forceFlush())).isTrue();
    }

    // Then
    assertThat(sent).hasSize(ITEMS);
    assertThat(stored(Signal.TRACES).flatMap(SdkExportIT::spans))
        .containsExactlyInAnyOrderElementsOf(sent.stream().map(SdkExportIT::text).toList());
  }

  @ParameterizedTest
  @CsvSource({"grpc, gzip", "grpc, none", "http, gzip", "http, none"})
  void shouldStoreEveryDataPointAsItWasSent(String transport, String compression) {
    // Given
    List<MetricData> sent = new CopyOnWriteArrayList<>();
    PeriodicMetricReader reader =
        PeriodicMetricReader.builder(recording(metrics(transport, compression), sent))
            .setInterval(Duration.ofHours(1))
            .build();
    try (SdkMeterProvider provider =
        SdkMeterProvider.builder().setResource(SHOP).registerMetricReader(reader).build()) {
      // When
      var counter = provider.get("test").counterBuilder("orders").build();
      for (int i = 0; i < ITEMS; i++) {
        counter.add(i, Attributes.of(NUMBER, (long) i));
      }
      assertThat(succeeded(provider.forceFlush())).isTrue();
      // Then: looked at before closing, which exports once more
      assertThat(stored(Signal.METRICS).flatMap(SdkExportIT::points))
          .hasSize(ITEMS)
          .containsExactlyInAnyOrderElementsOf(sent.stream().flatMap(SdkExportIT::texts).toList());
    }
  }

  @ParameterizedTest
  @CsvSource({"grpc, gzip", "grpc, none", "http, gzip", "http, none"})
  void shouldStoreEveryLogRecordAsItWasSent(String transport, String compression) {
    // Given
    List<LogRecordData> sent = new CopyOnWriteArrayList<>();
    try (SdkLoggerProvider provider =
        SdkLoggerProvider.builder()
            .setResource(SHOP)
            .addLogRecordProcessor(
                BatchLogRecordProcessor.builder(recording(logs(transport, compression), sent))
                    .setMaxExportBatchSize(50)
                    .build())
            .build()) {
      // When
      for (int i = 0; i < ITEMS; i++) {
        provider
            .get("test")
            .logRecordBuilder()
            .setBody("line " + i)
            .setSeverity(Severity.WARN)
            .setTimestamp(i, TimeUnit.SECONDS)
            .setAttribute(NUMBER, (long) i)
            .emit();
      }
      assertThat(succeeded(provider.forceFlush())).isTrue();
    }

    // Then
    assertThat(sent).hasSize(ITEMS);
    assertThat(stored(Signal.LOGS).flatMap(SdkExportIT::logRecords))
        .containsExactlyInAnyOrderElementsOf(sent.stream().map(SdkExportIT::text).toList());
  }

  private SpanExporter spans(String transport, String compression) {
    return transport.equals("grpc")
        ? OtlpGrpcSpanExporter.builder().setEndpoint(grpc()).setCompression(compression).build()
        : OtlpHttpSpanExporter.builder()
            .setEndpoint(pipeline.http(Signal.TRACES).toString())
            .setCompression(compression)
            .build();
  }

  private MetricExporter metrics(String transport, String compression) {
    return transport.equals("grpc")
        ? OtlpGrpcMetricExporter.builder().setEndpoint(grpc()).setCompression(compression).build()
        : OtlpHttpMetricExporter.builder()
            .setEndpoint(pipeline.http(Signal.METRICS).toString())
            .setCompression(compression)
            .build();
  }

  private LogRecordExporter logs(String transport, String compression) {
    return transport.equals("grpc")
        ? OtlpGrpcLogRecordExporter.builder()
            .setEndpoint(grpc())
            .setCompression(compression)
            .build()
        : OtlpHttpLogRecordExporter.builder()
            .setEndpoint(pipeline.http(Signal.LOGS).toString())
            .setCompression(compression)
            .build();
  }

  private String grpc() {
    return "http://127.0.0.1:" + pipeline.gateway.grpcPort();
  }

  private static boolean succeeded(CompletableResultCode result) {
    return result.join(30, TimeUnit.SECONDS).isSuccess();
  }

  private Stream<byte[]> stored(Signal signal) {
    return pipeline.records(signal).stream().map(ConsumerRecord::value);
  }

  private static String text(SpanData span) {
    return String.join(
        "|",
        span.getResource().getAttribute(AttributeKey.stringKey("service.name")),
        span.getTraceId(),
        span.getSpanId(),
        span.getParentSpanContext().isValid() ? span.getParentSpanId() : "",
        span.getName(),
        Long.toString(span.getStartEpochNanos()),
        Long.toString(span.getEndEpochNanos()),
        text(span.getAttributes()));
  }

  private static Stream<String> spans(byte[] record) {
    return parse(ExportTraceServiceRequest.parser(), record).getResourceSpansList().stream()
        .flatMap(
            resource ->
                resource.getScopeSpansList().stream()
                    .flatMap(scope -> scope.getSpansList().stream())
                    .map(
                        span ->
                            String.join(
                                "|",
                                service(resource.getResource()),
                                hex(span.getTraceId()),
                                hex(span.getSpanId()),
                                hex(span.getParentSpanId()),
                                span.getName(),
                                Long.toString(span.getStartTimeUnixNano()),
                                Long.toString(span.getEndTimeUnixNano()),
                                text(span.getAttributesList()))));
  }

  private static Stream<String> texts(MetricData metric) {
    return metric.getLongSumData().getPoints().stream().map(point -> text(metric, point));
  }

  private static String text(MetricData metric, LongPointData point) {
    return String.join(
        "|",
        metric.getName(),
        Long.toString(point.getEpochNanos()),
        Long.toString(point.getValue()),
        text(point.getAttributes()));
  }

  private static Stream<String> points(byte[] record) {
    return parse(ExportMetricsServiceRequest.parser(), record).getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .flatMap(
            metric ->
                metric.getSum().getDataPointsList().stream().map(point -> text(metric, point)));
  }

  private static String text(Metric metric, NumberDataPoint point) {
    return String.join(
        "|",
        metric.getName(),
        Long.toString(point.getTimeUnixNano()),
        Long.toString(point.getAsInt()),
        text(point.getAttributesList()));
  }

  private static String text(LogRecordData log) {
    return String.join(
        "|",
        log.getBodyValue().asString(),
        Integer.toString(log.getSeverity().getSeverityNumber()),
        Long.toString(log.getTimestampEpochNanos()),
        text(log.getAttributes()));
  }

  private static Stream<String> logRecords(byte[] record) {
    return parse(ExportLogsServiceRequest.parser(), record).getResourceLogsList().stream()
        .flatMap(resource -> resource.getScopeLogsList().stream())
        .flatMap(scope -> scope.getLogRecordsList().stream())
        .map(
            log ->
                String.join(
                    "|",
                    log.getBody().getStringValue(),
                    Integer.toString(log.getSeverityNumberValue()),
                    Long.toString(log.getTimeUnixNano()),
                    text(log.getAttributesList())));
  }

  private static String text(Attributes attributes) {
    return attributes.asMap().entrySet().stream()
        .map(entry -> entry.getKey().getKey() + "=" + entry.getValue())
        .sorted()
        .collect(joining(","));
  }

  private static String text(List<KeyValue> attributes) {
    return attributes.stream()
        .map(attribute -> attribute.getKey() + "=" + attribute.getValue().getIntValue())
        .sorted()
        .collect(joining(","));
  }

  private static String service(io.opentelemetry.proto.resource.v1.Resource resource) {
    return resource.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals("service.name"))
        .map(attribute -> attribute.getValue().getStringValue())
        .collect(joining());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static <T> T parse(Parser<T> parser, byte[] record) {
    try {
      return parser.parseFrom(record);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a record that is no export request", e);
    }
  }

  private static SpanExporter recording(SpanExporter exporter, List<SpanData> sent) {
    return new SpanExporter() {
      @Override
      public CompletableResultCode export(Collection<SpanData> spans) {
        sent.addAll(spans);
        return exporter.export(spans);
      }

      @Override
      public CompletableResultCode flush() {
        return exporter.flush();
      }

      @Override
      public CompletableResultCode shutdown() {
        return exporter.shutdown();
      }
    };
  }

  private static MetricExporter recording(MetricExporter exporter, List<MetricData> sent) {
    return new MetricExporter() {
      @Override
      public AggregationTemporality getAggregationTemporality(InstrumentType instrument) {
        return exporter.getAggregationTemporality(instrument);
      }

      @Override
      public CompletableResultCode export(Collection<MetricData> metrics) {
        sent.addAll(metrics);
        return exporter.export(metrics);
      }

      @Override
      public CompletableResultCode flush() {
        return exporter.flush();
      }

      @Override
      public CompletableResultCode shutdown() {
        return exporter.shutdown();
      }
    };
  }

  private static LogRecordExporter recording(LogRecordExporter exporter, List<LogRecordData> sent) {
    return new LogRecordExporter() {
      @Override
      public CompletableResultCode export(Collection<LogRecordData> logs) {
        sent.addAll(logs);
        return exporter.export(logs);
      }

      @Override
      public CompletableResultCode flush() {
        return exporter.flush();
      }

      @Override
      public CompletableResultCode shutdown() {
        return exporter.shutdown();
      }
    };
  }
}
