package io.millrace.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Realistic export requests of every signal; the same seed gives the same requests. */
public final class OtlpGenerator {

  private static final String[] SERVICES = {"checkout", "cart", "payment", "stock", "größe", ""};
  private static final String[] NAMES = {"GET /cart", "POST /order", "SELECT", "publish 🚀", ""};
  private static final String[] KEYS = {
    "http.request.method", "http.response.status_code", "db.system", "user.id", "error", "thread.id"
  };
  private static final long START = 1_760_000_000_000_000_000L;

  private final Random random;
  private final List<ByteString> traceIds = new ArrayList<>();

  public OtlpGenerator(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 10; i++) {
      traceIds.add(id(16));
    }
  }

  /** A request with up to four resources. */
  public Message request(Signal signal) {
    return switch (signal) {
      case TRACES -> traces(random.nextInt(5));
      case METRICS -> metrics(random.nextInt(5));
      case LOGS -> logs(random.nextInt(5));
    };
  }

  public ExportTraceServiceRequest traces(int resources) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    for (int i = 0; i < resources; i++) {
      ResourceSpans.Builder of = request.addResourceSpansBuilder();
      if (mostly()) {
        of.setResource(resource()).setSchemaUrl("https://opentelemetry.io/schemas/1.31.0");
      }
      for (int scopes = random.nextInt(3); scopes >= 0; scopes--) {
        ScopeSpans.Builder scope = of.addScopeSpansBuilder();
        if (mostly()) {
          scope.setScope(scope());
        }
        for (int spans = random.nextInt(8); spans > 0; spans--) {
          scope.addSpans(span());
        }
      }
    }
    return request.build();
  }

  public ExportMetricsServiceRequest metrics(int resources) {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    for (int i = 0; i < resources; i++) {
      ResourceMetrics.Builder of = request.addResourceMetricsBuilder();
      if (mostly()) {
        of.setResource(resource());
      }
      for (int scopes = random.nextInt(3); scopes >= 0; scopes--) {
        ScopeMetrics.Builder scope = of.addScopeMetricsBuilder().setSchemaUrl("https://scope");
        if (mostly()) {
          scope.setScope(scope());
        }
        for (int metrics = random.nextInt(6); metrics > 0; metrics--) {
          scope.addMetrics(metric());
        }
      }
    }
    return request.build();
  }

  public ExportLogsServiceRequest logs(int resources) {
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    for (int i = 0; i < resources; i++) {
      ResourceLogs.Builder of = request.addResourceLogsBuilder();
      if (mostly()) {
        of.setResource(resource());
      }
      for (int scopes = random.nextInt(3); scopes >= 0; scopes--) {
        ScopeLogs.Builder scope = of.addScopeLogsBuilder();
        if (mostly()) {
          scope.setScope(scope());
        }
        for (int records = random.nextInt(8); records > 0; records--) {
          scope.addLogRecords(logRecord());
        }
      }
    }
    return request.build();
  }

  /** The message with fields no schema knows, at any depth. */
  public Message withUnknownFields(Message message) {
    Message.Builder builder = message.toBuilder();
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      if (field.getType() != FieldDescriptor.Type.MESSAGE) {
        continue;
      }
      if (!field.isRepeated()) {
        builder.setField(field, withUnknownFields((Message) message.getField(field)));
        continue;
      }
      for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
        builder.setRepeatedField(
            field, i, withUnknownFields((Message) message.getRepeatedField(field, i)));
      }
    }
    return random.nextInt(4) == 0
        ? builder.setUnknownFields(unknownFields()).build()
        : builder.build();
  }

  private UnknownFieldSet unknownFields() {
    UnknownFieldSet group = UnknownFieldSet.newBuilder().addField(3, varint()).build();
    return UnknownFieldSet.newBuilder()
        .addField(100, varint())
        .addField(
            1 + 1000 * (1 + random.nextInt(100)),
            UnknownFieldSet.Field.newBuilder().addLengthDelimited(id(random.nextInt(200))).build())
        .addField(200, UnknownFieldSet.Field.newBuilder().addFixed32(7).addFixed64(-1).build())
        .addField(536_870_911, UnknownFieldSet.Field.newBuilder().addGroup(group).build())
        .build();
  }

  private UnknownFieldSet.Field varint() {
    return UnknownFieldSet.Field.newBuilder().addVarint(random.nextLong()).build();
  }

  public Span span() {
    long start = START + random.nextInt(1_000_000_000);
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(traceId())
            .setSpanId(id(8))
            .setName(pick(NAMES))
            .setKindValue(random.nextInt(6))
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + random.nextInt(100_000_000))
            .addAllAttributes(attributes(8));
    if (mostly()) {
      span.setParentSpanId(id(8)).setFlags(0x101).setTraceState("ot=th:8");
    }
    if (rarely()) {
      span.addEvents(
          Span.Event.newBuilder()
              .setTimeUnixNano(start)
              .setName("exception")
              .addAllAttributes(attributes(3)));
      span.addLinks(Span.Link.newBuilder().setTraceId(traceId()).setSpanId(id(8)).setFlags(1));
      span.setDroppedLinksCount(random.nextInt());
      span.setStatus(
          Status.newBuilder().setMessage("boom").setCode(Status.StatusCode.STATUS_CODE_ERROR));
    }
    return span.build();
  }

  public LogRecord logRecord() {
    LogRecord.Builder record =
        LogRecord.newBuilder()
            .setTimeUnixNano(START + random.nextInt(1_000_000_000))
            .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
            .setSeverityText("INFO")
            .setBody(value(3))
            .addAllAttributes(attributes(5));
    if (mostly()) {
      record.setTraceId(traceId()).setSpanId(id(8)).setFlags(1);
    }
    if (rarely()) {
      record.setEventName("user.login").setObservedTimeUnixNano(-1L);
    }
    return record.build();
  }

  public Metric metric() {
    Metric.Builder metric =
        Metric.newBuilder().setName("http.server.request.duration").setUnit("s");
    if (rarely()) {
      metric.setDescription("How long").addAllMetadata(attributes(2));
    }
    switch (random.nextInt(6)) {
      case 0 -> metric.setGauge(gauge());
      case 1 -> metric.setSum(sum());
      case 2 -> metric.setHistogram(histogram());
      case 3 -> metric.setExponentialHistogram(exponentialHistogram());
      case 4 -> metric.setSummary(summary());
      default -> metric.setName("without data");
    }
    return metric.build();
  }

  private Gauge gauge() {
    Gauge.Builder gauge = Gauge.newBuilder();
    for (int points = random.nextInt(5); points > 0; points--) {
      gauge.addDataPoints(numberDataPoint());
    }
    return gauge.build();
  }

  private Sum sum() {
    Sum.Builder sum =
        Sum.newBuilder().setIsMonotonic(mostly()).setAggregationTemporality(temporality());
    for (int points = random.nextInt(5); points > 0; points--) {
      sum.addDataPoints(numberDataPoint());
    }
    return sum.build();
  }

  public NumberDataPoint numberDataPoint() {
    NumberDataPoint.Builder point =
        NumberDataPoint.newBuilder()
            .addAllAttributes(attributes(4))
            .setStartTimeUnixNano(START)
            .setTimeUnixNano(START + random.nextInt(1_000_000_000));
    if (mostly()) {
      point.setAsDouble(number());
    } else {
      point.setAsInt(random.nextInt(100));
    }
    if (rarely()) {
      point.addExemplars(
          Exemplar.newBuilder()
              .setTimeUnixNano(START)
              .setAsInt(-1)
              .setTraceId(traceId())
              .setSpanId(id(8))
              .addAllFilteredAttributes(attributes(2)));
    }
    return point.build();
  }

  private Histogram histogram() {
    Histogram.Builder histogram = Histogram.newBuilder().setAggregationTemporality(temporality());
    for (int points = random.nextInt(4); points > 0; points--) {
      HistogramDataPoint.Builder point = histogram.addDataPointsBuilder();
      point.addAllAttributes(attributes(4)).setTimeUnixNano(START).setCount(random.nextInt(9));
      if (mostly()) {
        point.setSum(number()).setMin(0).setMax(number());
      }
      for (int bucket = 0; bucket < 11; bucket++) {
        point.addBucketCounts(random.nextInt(3)).addExplicitBounds(bucket * 0.1);
      }
    }
    return histogram.build();
  }

  private ExponentialHistogram exponentialHistogram() {
    ExponentialHistogram.Builder histogram =
        ExponentialHistogram.newBuilder().setAggregationTemporality(temporality());
    for (int points = random.nextInt(4); points > 0; points--) {
      ExponentialHistogramDataPoint.Builder point = histogram.addDataPointsBuilder();
      point.addAllAttributes(attributes(4)).setTimeUnixNano(START).setScale(random.nextInt(20) - 9);
      point
          .getPositiveBuilder()
          .setOffset(-random.nextInt(5))
          .addBucketCounts(1)
          .addBucketCounts(0);
      if (rarely()) {
        point.getNegativeBuilder().addBucketCounts(300);
        point.setZeroThreshold(1e-9).setZeroCount(2).setMin(-1);
      }
    }
    return histogram.build();
  }

  private Summary summary() {
    Summary.Builder summary = Summary.newBuilder();
    for (int points = random.nextInt(4); points > 0; points--) {
      SummaryDataPoint.Builder point = summary.addDataPointsBuilder();
      point.addAllAttributes(attributes(4)).setTimeUnixNano(START).setCount(3).setSum(number());
      point.addQuantileValuesBuilder().setQuantile(0.5).setValue(number());
      point.addQuantileValuesBuilder().setQuantile(0.99).setValue(number());
    }
    return summary.build();
  }

  private Resource resource() {
    Resource.Builder resource =
        Resource.newBuilder().addAttributes(attribute("service.name", pick(SERVICES)));
    if (mostly()) {
      resource.addAttributes(attribute("host.name", "host-" + random.nextInt(3)));
    }
    if (rarely()) {
      resource.addAllAttributes(attributes(6)).setDroppedAttributesCount(1);
    }
    return resource.build();
  }

  private InstrumentationScope scope() {
    return InstrumentationScope.newBuilder()
        .setName("io.opentelemetry.netty-4.1")
        .setVersion("2.1." + random.nextInt(3))
        .addAllAttributes(attributes(2))
        .build();
  }

  private List<KeyValue> attributes(int max) {
    List<KeyValue> result = new ArrayList<>();
    for (int count = random.nextInt(max + 1); count > 0; count--) {
      result.add(KeyValue.newBuilder().setKey(pick(KEYS)).setValue(value(3)).build());
    }
    return result;
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private AnyValue value(int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(depth > 0 ? 12 : 9)) {
      case 0 -> value.setBoolValue(random.nextBoolean());
      case 1 -> value.setIntValue(random.nextLong());
      case 2 -> value.setDoubleValue(number());
      case 3 -> value.setBytesValue(id(random.nextInt(20)));
      case 4 -> value.clear();
      case 9 -> value.setArrayValue(array(depth - 1));
      case 10 -> value.setKvlistValue(KeyValueList.newBuilder().addAllValues(attributes(depth)));
      default -> value.setStringValue("value \"" + random.nextInt(1000) + "\" é\n");
    }
    return value.build();
  }

  private ArrayValue array(int depth) {
    ArrayValue.Builder array = ArrayValue.newBuilder();
    for (int count = random.nextInt(4); count > 0; count--) {
      array.addValues(value(depth));
    }
    return array.build();
  }

  private double number() {
    return switch (random.nextInt(8)) {
      case 0 -> Double.NaN;
      case 1 -> Double.NEGATIVE_INFINITY;
      case 2 -> random.nextInt(1000);
      case 3 -> Double.longBitsToDouble(random.nextLong() & ~(1L << 62));
      default -> random.nextGaussian();
    };
  }

  private AggregationTemporality temporality() {
    return mostly()
        ? AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
        : AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  }

  private ByteString traceId() {
    return switch (random.nextInt(40)) {
      case 0 -> ByteString.EMPTY;
      case 1 -> ByteString.copyFrom(new byte[16]);
      case 2 -> id(15);
      default -> traceIds.get(random.nextInt(traceIds.size()));
    };
  }

  private ByteString id(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private boolean mostly() {
    return random.nextInt(4) > 0;
  }

  private boolean rarely() {
    return random.nextInt(4) == 0;
  }
}
