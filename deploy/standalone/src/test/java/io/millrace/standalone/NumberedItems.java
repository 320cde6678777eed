package io.millrace.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** Items that carry a number, from which everything else in them follows. */
public final class NumberedItems {

  /** Spans of consecutive numbers share a trace; resources repeat over a few services. */
  private static final int SPANS_PER_TRACE = 5;

  /** How many resources there are: numbers that differ by a multiple of it share one. */
  public static final int SERVICES = 7;

  private static final String NUMBER = "n";

  private static final InstrumentationScope SCOPE =
      InstrumentationScope.newBuilder().setName("numbered").build();

  private NumberedItems() {}

  /** The bytes of an Export*ServiceRequest with the items {@code from} to {@code to - 1}. */
  public static byte[] request(Signal signal, int from, int to) {
    return switch (signal) {
      case TRACES -> {
        var request = ExportTraceServiceRequest.newBuilder();
        for (int n = from; n < to; n++) {
          request.addResourceSpans(
              ResourceSpans.newBuilder()
                  .setResource(resource(n))
                  .addScopeSpans(ScopeSpans.newBuilder().setScope(SCOPE).addSpans(span(n))));
        }
        yield request.build().toByteArray();
      }
      case METRICS -> {
        var request = ExportMetricsServiceRequest.newBuilder();
        for (int n = from; n < to; n++) {
          request.addResourceMetrics(
              ResourceMetrics.newBuilder()
                  .setResource(resource(n))
                  .addScopeMetrics(
                      ScopeMetrics.newBuilder().setScope(SCOPE).addMetrics(metric(n))));
        }
        yield request.build().toByteArray();
      }
      case LOGS -> {
        var request = ExportLogsServiceRequest.newBuilder();
        for (int n = from; n < to; n++) {
          request.addResourceLogs(
              ResourceLogs.newBuilder()
                  .setResource(resource(n))
                  .addScopeLogs(
                      ScopeLogs.newBuilder().setScope(SCOPE).addLogRecords(logRecord(n))));
        }
        yield request.build().toByteArray();
      }
    };
  }

  /** The item of that number, as it must arrive. */
  public static Item item(Signal signal, int n) {
    return new Item(
        resource(n),
        "",
        SCOPE,
        "",
        switch (signal) {
          case TRACES -> span(n);
          case METRICS -> metric(n);
          case LOGS -> logRecord(n);
        });
  }

  /** The number of the first span of the trace that a span is of. */
  public static int firstOfTrace(int number) {
    return number - number % SPANS_PER_TRACE;
  }

  /** The number an item says it has. */
  public static int number(Signal signal, Item item) {
    return Math.toIntExact(attributes(signal, item).get(0).getValue().getIntValue());
  }

  /** Whether it is one of these, and not somebody else's. */
  public static boolean isNumbered(Signal signal, Item item) {
    List<KeyValue> attributes = attributes(signal, item);
    return attributes.size() == 1 && isNumber(attributes.get(0));
  }

  /** Whether it is the attribute that numbers an item. */
  public static boolean isNumber(KeyValue attribute) {
    return attribute.getKey().equals(NUMBER);
  }

  private static List<KeyValue> attributes(Signal signal, Item item) {
    return switch (signal) {
      case TRACES -> ((Span) item.value()).getAttributesList();
      case METRICS -> {
        Metric metric = (Metric) item.value();
        yield metric.hasGauge()
            ? metric.getGauge().getDataPoints(0).getAttributesList()
            : List.of();
      }
      case LOGS -> ((LogRecord) item.value()).getAttributesList();
    };
  }

  private static Resource resource(int n) {
    AnyValue service = AnyValue.newBuilder().setStringValue("service-" + n % SERVICES).build();
    return Resource.newBuilder()
        .addAttributes(KeyValue.newBuilder().setKey("service.name").setValue(service))
        .build();
  }

  private static Span span(int n) {
    return Span.newBuilder()
        .setTraceId(traceId(n / SPANS_PER_TRACE))
        .setSpanId(spanId(n))
        .setName("span " + n)
        .setStartTimeUnixNano(nanos(n))
        .setEndTimeUnixNano(nanos(n) + 1_000_000)
        .addAttributes(numbered(n))
        // As the Collector writes a span without one to OTLP/JSON.
        .setStatus(Status.getDefaultInstance())
        .build();
  }

  private static Metric metric(int n) {
    return Metric.newBuilder()
        .setName("numbered")
        .setUnit("1")
        .setGauge(
            Gauge.newBuilder()
                .addDataPoints(
                    NumberDataPoint.newBuilder()
                        .setTimeUnixNano(nanos(n))
                        .setAsDouble(n / 3.0)
                        .addAttributes(numbered(n))))
        .build();
  }

  private static LogRecord logRecord(int n) {
    return LogRecord.newBuilder()
        .setTimeUnixNano(nanos(n))
        .setBody(AnyValue.newBuilder().setStringValue("log record " + n))
        .addAttributes(numbered(n))
        .build();
  }

  private static KeyValue numbered(int n) {
    return KeyValue.newBuilder()
        .setKey(NUMBER)
        .setValue(AnyValue.newBuilder().setIntValue(n))
        .build();
  }

  private static long nanos(int n) {
    return 1_700_000_000_000_000_000L + n;
  }

  private static ByteString traceId(int trace) {
    UUID spread = UUID.nameUUIDFromBytes(("trace " + trace).getBytes(UTF_8));
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(spread.getMostSignificantBits()).putLong(spread.getLeastSignificantBits());
    return ByteString.copyFrom(bytes.flip());
  }

  private static ByteString spanId(int n) {
    return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(n + 1L).flip());
  }
}
