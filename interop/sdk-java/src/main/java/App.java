import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProviderBuilder;
import io.opentelemetry.sdk.metrics.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Tells of so many batches with the OpenTelemetry SDK; lab/sdk.py says what. Usage: App PROTOCOL
 * BATCHES
 */
public final class App {

  private static final int ITEMS = 20;
  private static final Attributes ATTRIBUTES =
      Attributes.builder()
          .put("text", "grün ✓")
          .put("int", 1234567890123L)
          .put("double", 0.25)
          .put("bool", true)
          .put("texts", "a", "b")
          .put("ints", 1L, 2L, 3L)
          .build();

  private App() {}

  public static void main(String[] arguments) {
    OpenTelemetrySdk sdk = open(arguments[0]);
    Meter meter = sdk.getMeter("interop");
    DoubleGauge level = meter.gaugeBuilder("interop.level").build();
    level.set(42.5, ATTRIBUTES);
    LongCounter count = meter.counterBuilder("interop.count").build();
    LongHistogram size = meter.histogramBuilder("interop.size").ofLongs().build();
    List<String> told = new ArrayList<>();
    for (int batch = 0; batch < Integer.parseInt(arguments[1]); batch++) {
      told.addAll(tell(sdk, batch));
      for (int step = 0; step < ITEMS; step++) {
        count.add(1, ATTRIBUTES);
        size.record(step, ATTRIBUTES);
      }
      check(sdk.getSdkTracerProvider().forceFlush());
      check(sdk.getSdkLoggerProvider().forceFlush());
    }
    check(sdk.shutdown());
    System.out.println("[" + String.join(",", told) + "]");
  }

  private static OpenTelemetrySdk open(String protocol) {
    Map<String, String> settings =
        Map.of(
            "otel.exporter.otlp.protocol", protocol,
            "otel.metric.export.interval", "3600000",
            "otel.bsp.export.timeout", "120000",
            "otel.blrp.export.timeout", "120000");
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(() -> settings)
        .addMeterProviderCustomizer((meters, config) -> withoutItsOwn(meters))
        .disableShutdownHook()
        .build()
        .getOpenTelemetrySdk();
  }

  /** The SDK tells of its own exports, too. */
  private static SdkMeterProviderBuilder withoutItsOwn(SdkMeterProviderBuilder meters) {
    return meters
        .registerView(
            InstrumentSelector.builder().setName("*").build(),
            View.builder().setAggregation(Aggregation.drop()).build())
        .registerView(
            InstrumentSelector.builder().setName("interop.*").build(), View.builder().build());
  }

  /** The trace and span ids of one batch, as JSON. */
  private static List<String> tell(OpenTelemetrySdk sdk, int batch) {
    Tracer tracer = sdk.getTracer("interop");
    Span root = tracer.spanBuilder("batch").setNoParent().setAllAttributes(ATTRIBUTES).startSpan();
    Context within = Context.root().with(root);
    List<Span> spans = new ArrayList<>(List.of(root));
    for (int step = 1; step < ITEMS; step++) {
      Span span =
          tracer
              .spanBuilder("step-" + step)
              .setParent(within)
              .setSpanKind(SpanKind.CLIENT)
              .setAllAttributes(ATTRIBUTES)
              .startSpan();
      span.addEvent("retried", Attributes.builder().put("times", 2).build());
      if (step % 2 == 1) {
        span.setStatus(StatusCode.ERROR, "boom");
      }
      spans.add(span);
    }
    Logger logger = sdk.getSdkLoggerProvider().get("interop");
    for (int line = 0; line < ITEMS; line++) {
      logger
          .logRecordBuilder()
          .setContext(within)
          .setSeverity(Severity.WARN)
          .setBody("line " + batch + "-" + line)
          .setAllAttributes(ATTRIBUTES)
          .emit();
    }
    spans.forEach(Span::end);
    return spans.stream().map(App::ids).collect(Collectors.toList());
  }

  private static String ids(Span span) {
    var context = span.getSpanContext();
    return "[\"" + context.getTraceId() + "\",\"" + context.getSpanId() + "\"]";
  }

  private static void check(CompletableResultCode result) {
    if (!result.join(3, TimeUnit.MINUTES).isSuccess()) {
      System.err.println("not exported: " + result.getFailureThrowable());
      System.exit(1);
    }
  }
}
