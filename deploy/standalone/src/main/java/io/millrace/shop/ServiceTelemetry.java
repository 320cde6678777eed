package io.millrace.shop;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The OpenTelemetry SDK of one service, as that service would set it up for itself, and the
 * instruments it has made so far.
 */
final class ServiceTelemetry {

  /** How many spans, and log records, one service may have waiting; then the SDK drops. */
  static final int QUEUE = 1 << 16;

  private static final String SCOPE = "io.millrace.shop";
  private static final Duration SCHEDULE = Duration.ofSeconds(1);
  private static final Duration METRICS_INTERVAL = Duration.ofSeconds(5);

  /** Second by second, where the semantic conventions say so. */
  private static final List<Double> SECONDS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);

  private final OpenTelemetrySdk sdk;
  private final Meter meter;
  private final Map<String, DoubleHistogram> durations = new HashMap<>();
  private final Map<Instrument, Recorder> business = new EnumMap<>(Instrument.class);

  /** An instrument of any kind, seen as what takes amounts. */
  private interface Recorder {
    void record(double amount, Attributes attributes, Context context);
  }

  ServiceTelemetry(Resource resource, Exporters exporters) {
    sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(tracerProvider(resource, exporters))
            .setMeterProvider(meterProvider(resource, exporters))
            .setLoggerProvider(loggerProvider(resource, exporters))
            .build();
    meter = sdk.getMeter(SCOPE);
    meter
        .upDownCounterBuilder("jvm.memory.used")
        .setUnit("By")
        .setDescription("Measure of memory used.")
        .buildWithCallback(
            measurement -> {
              Runtime jvm = Runtime.getRuntime();
              measurement.record(jvm.totalMemory() - jvm.freeMemory(), Attributes.empty());
            });
  }

  private static SdkTracerProvider tracerProvider(Resource resource, Exporters exporters) {
    return SdkTracerProvider.builder()
        .setResource(resource)
        .addSpanProcessor(
            BatchSpanProcessor.builder(exporters.spans())
                .setMaxQueueSize(QUEUE)
                .setScheduleDelay(SCHEDULE)
                .build())
        .build();
  }

  private static SdkMeterProvider meterProvider(Resource resource, Exporters exporters) {
    return SdkMeterProvider.builder()
        .setResource(resource)
        .registerView(
            InstrumentSelector.builder().setName("http.client.request.duration").build(),
            View.builder().setAggregation(Aggregation.base2ExponentialBucketHistogram()).build())
        .registerMetricReader(
            PeriodicMetricReader.builder(exporters.metrics()).setInterval(METRICS_INTERVAL).build())
        .build();
  }

  private static SdkLoggerProvider loggerProvider(Resource resource, Exporters exporters) {
    return SdkLoggerProvider.builder()
        .setResource(resource)
        .addLogRecordProcessor(
            BatchLogRecordProcessor.builder(exporters.logs())
                .setMaxQueueSize(QUEUE)
                .setScheduleDelay(SCHEDULE)
                .build())
        .build();
  }

  Tracer tracer() {
    return sdk.getTracer(SCOPE);
  }

  Logger logger() {
    return sdk.getSdkLoggerProvider().get(SCOPE);
  }

  /** Records a duration; the context makes it an exemplar's. */
  void measure(Step.Measure measure, double seconds, Context context) {
    durations
        .computeIfAbsent(measure.instrument(), this::histogram)
        .record(seconds, measure.attributes(), context);
  }

  private DoubleHistogram histogram(String name) {
    return meter
        .histogramBuilder(name)
        .setUnit("s")
        .setExplicitBucketBoundariesAdvice(SECONDS)
        .build();
  }

  void count(Step.Count count, Context context) {
    business
        .computeIfAbsent(count.instrument(), this::recorder)
        .record(count.amount(), count.attributes(), context);
  }

  private Recorder recorder(Instrument of) {
    return switch (of.kind) {
      case COUNTER ->
          meter
                  .counterBuilder(of.metric)
                  .setUnit(of.unit)
                  .setDescription(of.description)
                  .ofDoubles()
                  .build()
              ::add;
      case UP_DOWN_COUNTER -> upDownCounter(of);
      case GAUGE ->
          meter.gaugeBuilder(of.metric).setUnit(of.unit).setDescription(of.description).build()
              ::set;
    };
  }

  private Recorder upDownCounter(Instrument of) {
    var counter =
        meter
            .upDownCounterBuilder(of.metric)
            .setUnit(of.unit)
            .setDescription(of.description)
            .build();
    return (amount, attributes, context) -> counter.add(Math.round(amount), attributes, context);
  }

  /** Sends what waits. */
  CompletableResultCode flush() {
    return CompletableResultCode.ofAll(
        List.of(
            sdk.getSdkTracerProvider().forceFlush(),
            sdk.getSdkMeterProvider().forceFlush(),
            sdk.getSdkLoggerProvider().forceFlush()));
  }

  /** Sends what waits and stops the SDK's threads. */
  CompletableResultCode shutdown() {
    return sdk.shutdown();
  }
}
