package io.millrace.bench;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Requests as instrumented services send them: what describes a service repeats, while ids, times,
 * paths and numbers differ from item to item. The same seed gives the same requests.
 */
final class Telemetry {

  private static final long NOW_NANOS = 1_795_000_000_000_000_000L;
  private static final long INTERVAL_NANOS = 60_000_000_000L;

  private static final List<String> SERVICES =
      List.of("checkout", "payment", "inventory", "shipping", "frontend", "catalogue", "cart");

  private static final List<String> ROUTES =
      List.of("/api/orders/{id}", "/api/cart/{id}/items", "/api/products/{sku}", "/api/payments");

  private final Random random;

  Telemetry(long seed) {
    random = new Random(seed);
  }

  /** 100 spans of 10 traces from 3 services. */
  ExportTraceServiceRequest tenTraces() {
    return traces(10, 10, 3);
  }

  /** A span in ten of its traces has an error; one in twenty takes longer than a second. */
  ExportTraceServiceRequest traces(int traces, int spansPerTrace, int services) {
    ResourceSpans.Builder[] resources = new ResourceSpans.Builder[services];
    for (int i = 0; i < services; i++) {
      resources[i] = ResourceSpans.newBuilder().setResource(resource(i));
      resources[i].addScopeSpansBuilder().setScope(scope("io.opentelemetry.tomcat-10.0"));
    }
    for (int trace = 0; trace < traces; trace++) {
      addTrace(spansPerTrace, resources);
    }
    var request = ExportTraceServiceRequest.newBuilder();
    for (ResourceSpans.Builder resource : resources) {
      request.addResourceSpans(resource);
    }
    return request.build();
  }

  private void addTrace(int spans, ResourceSpans.Builder[] resources) {
    ByteString traceId = id(16);
    ByteString parent = ByteString.EMPTY;
    boolean failed = random.nextInt(10) == 0;
    boolean slow = random.nextInt(20) == 0;
    long start = NOW_NANOS + random.nextInt(1_000_000_000);
    for (int i = 0; i < spans; i++) {
      ByteString spanId = id(8);
      long duration = 1_000_000L + random.nextInt(slow && i == 0 ? 2_000_000_000 : 90_000_000);
      Span.Builder span = span(i, start, duration).setTraceId(traceId).setSpanId(spanId);
      span.setParentSpanId(parent);
      if (failed && i == spans - 1) {
        span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
      }
      ScopeSpans.Builder scope = resources[i % resources.length].getScopeSpansBuilder(0);
      scope.addSpans(span);
      parent = i == 0 ? spanId : parent;
    }
  }

  private Span.Builder span(int index, long start, long duration) {
    String route = ROUTES.get(random.nextInt(ROUTES.size()));
    boolean server = index % 2 == 0;
    Span.Builder span =
        Span.newBuilder()
            .setName((server ? "GET " : "SELECT ") + route)
            .setKind(server ? Span.SpanKind.SPAN_KIND_SERVER : Span.SpanKind.SPAN_KIND_CLIENT)
            .setStartTimeUnixNano(start + index * 1_500_000L)
            .setEndTimeUnixNano(start + index * 1_500_000L + duration)
            .setFlags(0x101);
    if (server) {
      span.addAttributes(text("http.request.method", "GET"))
          .addAttributes(text("http.route", route))
          .addAttributes(text("url.path", route.replaceAll("\\{.*?}", "" + random.nextInt(99999))))
          .addAttributes(number("http.response.status_code", random.nextInt(20) == 0 ? 503 : 200))
          .addAttributes(number("thread.id", 20 + random.nextInt(40)))
          .addAttributes(text("user_agent.original", "okhttp/4.12.0"));
    } else {
      span.addAttributes(text("db.system.name", "postgresql"))
          .addAttributes(text("db.namespace", "shop"))
          .addAttributes(text("db.query.text", "SELECT * FROM orders WHERE id = ? LIMIT 100"))
          .addAttributes(text("server.address", "orders-db-" + random.nextInt(3)))
          .addAttributes(number("server.port", 5432));
    }
    return span;
  }

  /** 90 sums and gauges of ten metrics, and 12 histograms of 15 buckets: 102 points. */
  ExportMetricsServiceRequest metrics() {
    return metrics(0, 0);
  }

  /**
   * The same of one of many processes.
   *
   * @param process number of the process; each has series of its own
   * @param seconds time since all of them began
   */
  ExportMetricsServiceRequest metrics(int process, long seconds) {
    Interval since = new Interval(CUMULATIVE, NOW_NANOS, NOW_NANOS + seconds * 1_000_000_000);
    return metrics(process, metric -> numbers(metric, metric % 2 == 1, since), since);
  }

  /**
   * What a process has counted in an interval: all of its 102 points are delta points, 90 of
   * counters.
   *
   * @param interval number of the interval; one begins where the last one ended
   */
  ExportMetricsServiceRequest deltas(int process, int interval) {
    long start = NOW_NANOS + interval * INTERVAL_NANOS;
    Interval of = new Interval(DELTA, start, start + INTERVAL_NANOS);
    return metrics(process, metric -> numbers(metric, true, of), of);
  }

  /** Of what time points are, give or take a second at its end. */
  private record Interval(AggregationTemporality temporality, long from, long to) {}

  private ExportMetricsServiceRequest metrics(
      int process, IntFunction<Metric> numbers, Interval interval) {
    ScopeMetrics.Builder scope =
        ScopeMetrics.newBuilder().setScope(scope("io.opentelemetry.runtime-telemetry"));
    for (int metric = 0; metric < 10; metric++) {
      scope.addMetrics(numbers.apply(metric));
    }
    scope.addMetrics(histograms(interval));
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder().setResource(resource(process)).addScopeMetrics(scope))
        .build();
  }

  private Metric numbers(int index, boolean areCounters, Interval interval) {
    List<NumberDataPoint> points =
        IntStream.range(0, 9)
            .mapToObj(
                point ->
                    NumberDataPoint.newBuilder()
                        .setStartTimeUnixNano(interval.from)
                        .setTimeUnixNano(end(interval))
                        .setAsDouble(random.nextInt(1_000_000) / 8.0)
                        .addAttributes(text("jvm.memory.pool.name", "pool-" + point))
                        .addAttributes(text("jvm.memory.type", "heap"))
                        .build())
            .toList();
    Metric.Builder metric = Metric.newBuilder().setDescription("Of one kind, number " + index);
    return areCounters
        ? metric
            .setName("jvm.pool.events." + index)
            .setUnit("{event}")
            .setSum(
                Sum.newBuilder()
                    .setIsMonotonic(true)
                    .setAggregationTemporality(interval.temporality)
                    .addAllDataPoints(points))
            .build()
        : metric
            .setName("jvm.pool.used." + index)
            .setUnit("By")
            .setGauge(Gauge.newBuilder().addAllDataPoints(points))
            .build();
  }

  /** Clocks of a process's points differ; delta points meet at the end of their interval. */
  private long end(Interval interval) {
    return interval.temporality == DELTA
        ? interval.to
        : interval.to + random.nextInt(1_000_000_000);
  }

  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
  private static final AggregationTemporality DELTA =
      AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;

  private Metric histograms(Interval interval) {
    Histogram.Builder histogram =
        Histogram.newBuilder().setAggregationTemporality(interval.temporality);
    for (int point = 0; point < 12; point++) {
      HistogramDataPoint.Builder to =
          histogram
              .addDataPointsBuilder()
              .setStartTimeUnixNano(interval.from)
              .setTimeUnixNano(end(interval))
              .addAttributes(text("http.request.method", "GET"))
              .addAttributes(text("http.route", ROUTES.get(point % 4)))
              .addAttributes(number("http.response.status_code", 200 + point))
              .setSum(random.nextDouble() * 1000);
      long count = 0;
      for (int bucket = 0; bucket < 15; bucket++) {
        int in = random.nextInt(500);
        to.addBucketCounts(in);
        count += in;
      }
      IntStream.range(0, 14).forEach(bound -> to.addExplicitBounds(0.005 * (1 << bound)));
      to.setCount(count);
    }
    return Metric.newBuilder()
        .setName("http.server.request.duration")
        .setUnit("s")
        .setHistogram(histogram)
        .build();
  }

  /** 102 lines of three services. */
  ExportLogsServiceRequest logs() {
    return logs(0, this::logRecord);
  }

  /** The same of three of many processes. */
  ExportLogsServiceRequest logs(int process) {
    return logs(process, this::logRecord);
  }

  /**
   * Likewise; one line in five is of level DEBUG, one in twenty is about a health check, and one in
   * five has an address, of mail or IP, or the number of a card.
   */
  ExportLogsServiceRequest mixedLogs(int process) {
    return logs(process, this::mixedLogRecord);
  }

  private ExportLogsServiceRequest logs(int process, Supplier<LogRecord.Builder> lines) {
    var request = ExportLogsServiceRequest.newBuilder();
    for (int service = process; service < process + 3; service++) {
      ScopeLogs.Builder scope = ScopeLogs.newBuilder().setScope(scope("com.acme.shop.OrderLog"));
      IntStream.range(0, 34).forEach(line -> scope.addLogRecords(lines.get()));
      request.addResourceLogs(
          ResourceLogs.newBuilder().setResource(resource(service)).addScopeLogs(scope));
    }
    return request.build();
  }

  private LogRecord.Builder mixedLogRecord() {
    LogRecord.Builder line = logRecord();
    if (random.nextInt(5) == 0) {
      line.setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_DEBUG).setSeverityText("DEBUG");
    }
    if (random.nextInt(20) == 0) {
      line.addAttributes(text("url.path", HEALTH_CHECK));
    }
    int last = random.nextInt(256);
    switch (random.nextInt(15)) {
      case 0 -> line.setBody(value("receipt sent to jane.doe" + last + "@mail.example.com"));
      case 1 -> line.setBody(value("paid with card 4111 1111 1111 1111, check " + last));
      case 2 -> line.addAttributes(text("client.address", "192.168.17." + last));
      default -> {}
    }
    return line;
  }

  static final String HEALTH_CHECK = "/healthz";

  private LogRecord.Builder logRecord() {
    String order = Long.toHexString(random.nextLong());
    return LogRecord.newBuilder()
        .setTimeUnixNano(NOW_NANOS + random.nextInt(1_000_000_000))
        .setObservedTimeUnixNano(NOW_NANOS + 1_000_000_000)
        .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
        .setSeverityText("INFO")
        .setBody(
            value(
                "order %s of customer %d accepted: %d items, %d.%02d EUR"
                    .formatted(
                        order,
                        random.nextInt(1_000_000),
                        1 + random.nextInt(20),
                        random.nextInt(900),
                        random.nextInt(100))))
        .addAttributes(text("thread.name", "http-nio-8080-exec-" + random.nextInt(40)))
        .addAttributes(number("order.items", 1 + random.nextInt(20)))
        .setTraceId(id(16))
        .setSpanId(id(8));
  }

  private Resource resource(int index) {
    String service = SERVICES.get(index % SERVICES.size());
    return Resource.newBuilder()
        .addAttributes(text("service.name", service))
        .addAttributes(text("service.version", "2.14.1"))
        .addAttributes(text("service.instance.id", "%08x-%d".formatted(service.hashCode(), index)))
        .addAttributes(text("k8s.namespace.name", "shop"))
        .addAttributes(text("k8s.pod.name", service + "-7d9c5b6f4d-x2x8" + index))
        .addAttributes(text("host.name", "node-" + index))
        .addAttributes(text("telemetry.sdk.language", "java"))
        .addAttributes(text("deployment.environment.name", "production"))
        .build();
  }

  private static InstrumentationScope scope(String name) {
    return InstrumentationScope.newBuilder().setName(name).setVersion("2.11.0-alpha").build();
  }

  private ByteString id(int bytes) {
    byte[] id = new byte[bytes];
    random.nextBytes(id);
    return ByteString.copyFrom(id);
  }

  private static KeyValue text(String key, String text) {
    return KeyValue.newBuilder().setKey(key).setValue(value(text)).build();
  }

  private static KeyValue number(String key, long number) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setIntValue(number))
        .build();
  }

  private static AnyValue value(String text) {
    return AnyValue.newBuilder().setStringValue(text).build();
  }
}
