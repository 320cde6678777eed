package io.millrace.standalone;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Telemetry that uses every part of the data model the SDK can fill, in two scopes. */
final class Workload {

  private static final Attributes EVERY_TYPE =
      Attributes.builder()
          .put("text", "naïve \"quoted\" \\ \n 日本語 🚰")
          .put("empty", "")
          .put("long", Long.MAX_VALUE)
          .put("negative", -1L)
          .put("double", 0.1)
          .put("boolean", false)
          .put(AttributeKey.stringArrayKey("texts"), List.of("a", ""))
          .put(AttributeKey.longArrayKey("longs"), List.of(0L, Long.MIN_VALUE))
          .put(AttributeKey.doubleArrayKey("doubles"), List.of(1.5, -0.0, Double.MAX_VALUE))
          .put(AttributeKey.booleanArrayKey("booleans"), List.of(true, false))
          .build();

  private Workload() {}

  /** Records so many traces of three spans, two log records and a few measurements each. */
  static void record(OpenTelemetry api, int traces) {
    Tracer tracer =
        api.getTracerProvider()
            .tracerBuilder("orders")
            .setInstrumentationVersion("1.2.3")
            .setSchemaUrl("https://opentelemetry.io/schemas/1.30.0")
            .build();
    for (int i = 0; i < traces; i++) {
      Span root = tracer.spanBuilder("order").setAllAttributes(EVERY_TYPE).startSpan();
      try (Scope scope = root.makeCurrent()) {
        logRecords(api, i);
        children(api, tracer, i);
        measurements(api, i);
      } finally {
        root.end();
      }
    }
  }

  private static void children(OpenTelemetry api, Tracer tracer, int i) {
    Instant start = Instant.ofEpochSecond(1_700_000_000L + i, 123_456_789);
    Span client =
        tracer
            .spanBuilder("pay " + i)
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(start)
            .addLink(Span.current().getSpanContext(), Attributes.builder().put("n", i).build())
            .startSpan();
    client.addEvent("retry", EVERY_TYPE, start.plusNanos(1));
    client.recordException(new IllegalStateException("card refused"));
    client.setStatus(StatusCode.ERROR, "declined");
    client.end(start.plusNanos(987_654_321));
    api.getTracer("stock").spanBuilder("reserve").setSpanKind(SpanKind.PRODUCER).startSpan().end();
  }

  private static void logRecords(OpenTelemetry api, int i) {
    api.getLogsBridge()
        .loggerBuilder("orders")
        .setInstrumentationVersion("1.2.3")
        .build()
        .logRecordBuilder()
        .setSeverity(Severity.WARN)
        .setSeverityText("WARNING")
        .setTimestamp(1_700_000_000_123_456_789L + i, TimeUnit.NANOSECONDS)
        .setBody("order %d is \"late\"\n".formatted(i))
        .setAllAttributes(EVERY_TYPE)
        .emit();
    api.getLogsBridge()
        .get("stock")
        .logRecordBuilder()
        .setEventName("reserved")
        .setBody(
            Value.of(
                Map.of(
                    "sku",
                    Value.of("A-" + i),
                    "raw",
                    Value.of(new byte[] {0, -1, 127}),
                    "counts",
                    Value.of(Value.of(1L), Value.of(2.5), Value.of(true)))))
        .emit();
  }

  private static void measurements(OpenTelemetry api, int i) {
    var meter = api.getMeter("orders");
    Attributes shop = Attributes.builder().put("shop", "s" + i % 3).build();
    meter.counterBuilder("orders.count").setUnit("{order}").build().add(1, shop);
    meter.counterBuilder("orders.value").ofDoubles().setUnit("EUR").build().add(9.99, shop);
    meter.upDownCounterBuilder("orders.open").build().add(i % 2 == 0 ? 1 : -1, shop);
    meter.gaugeBuilder("stock.level").setDescription("how full").build().set(0.25 * i, shop);
    meter.histogramBuilder("orders.duration").setUnit("s").build().record(0.01 * i, shop);
    meter.histogramBuilder("orders.exponential").setUnit("s").build().record(0.3 * i, shop);
  }
}
