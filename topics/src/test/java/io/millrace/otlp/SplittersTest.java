package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.millrace.otlp.Split.Piece;
import io.millrace.otlp.Split.Reason;
import io.millrace.otlp.Split.Refused;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplittersTest {

  private static final int ANY_SIZE = Integer.MAX_VALUE;
  private static final ByteString TRACE_ID =
      ByteString.copyFrom(new byte[16]).substring(1).concat(ByteString.copyFromUtf8("x"));

  private final Splitter traces = Splitters.traces(Hasher.MURMUR2);
  private final Splitter metrics = Splitters.metrics(Hasher.MURMUR2);

  @Test
  void shouldPassARequestOfOnePartitionOnAsItIs() throws MalformedOtlp {
    byte[] request = traces(span("a"), span("b")).toByteArray();

    Split split = traces.split(request, 12, request.length);

    assertThat(split.refused()).isEmpty();
    assertThat(split.pieces()).singleElement().extracting(Piece::items).isEqualTo(2);
    assertThat(split.pieces().get(0).value()).isSameAs(request);
  }

  @Test
  void shouldFillRecordsUpToTheLimit() throws MalformedOtlp {
    byte[] request = traces(span("a"), span("b"), span("c")).toByteArray();
    int sizeOfTwo = traces(span("a"), span("b")).getSerializedSize();

    assertThat(traces.split(request, 1, sizeOfTwo).pieces())
        .extracting(Piece::items)
        .containsExactly(2, 1);
    assertThat(traces.split(request, 1, sizeOfTwo - 1).pieces())
        .extracting(Piece::items)
        .containsExactly(1, 1, 1);
  }

  @Test
  void shouldRefuseByNameTheSpanThatFitsNoRecord() throws MalformedOtlp {
    String name = "large" + "e".repeat(1000);
    byte[] request = traces(span("a"), span(name), span("b"), span(name)).toByteArray();

    Split split = traces.split(request, 1, 500);

    assertThat(split.pieces()).singleElement().extracting(Piece::items).isEqualTo(2);
    assertThat(parse(split.pieces().get(0))).isEqualTo(traces(span("a"), span("b")));
    int size = traces(span(name)).getSerializedSize();
    assertThat(split.refused())
        .containsExactly(
            new Refused(
                2,
                Reason.TOO_LARGE,
                "traces: span \"large%s...\" of service \"shop\" takes %d bytes with what contains it (limit: 500)"
                    .formatted("e".repeat(115), size)));
  }

  @Test
  void shouldRefuseByNameTheDataPointThatFitsNoRecord() throws MalformedOtlp {
    byte[] request = metrics(metric(numberOf(1))).toByteArray();

    Split split = metrics.split(request, 1, request.length - 1);

    assertThat(split)
        .isEqualTo(
            new Split(
                List.of(),
                List.of(
                    new Refused(
                        1,
                        Reason.TOO_LARGE,
                        "metrics: data point of metric \"m\" of service \"shop\" takes %d bytes with what contains it (limit: %d)"
                            .formatted(request.length, request.length - 1)))));
  }

  @Test
  void shouldRefuseByServiceTheLogRecordThatFitsNoRecord() throws MalformedOtlp {
    byte[] request = logs(LogRecord.newBuilder().setSeverityText("INFO").build()).toByteArray();
    Splitter logs = Splitters.logs(LogsPartitioning.RESOURCE, Hasher.MURMUR2);

    assertThat(logs.split(request, 1, request.length).refused()).isEmpty();
    assertThat(logs.split(request, 1, request.length - 1).refused())
        .extracting(Refused::message)
        .containsExactly(
            "logs: log record of service \"shop\" takes %d bytes with what contains it (limit: %d)"
                .formatted(request.length, request.length - 1));
  }

  @Test
  void shouldRefuseByNameTheSpanWithoutTraceId() throws MalformedOtlp {
    Span none = Span.newBuilder().setName("none").build();
    Span zeros = Span.newBuilder().setTraceId(ByteString.copyFrom(new byte[16])).build();
    Span shorter = Span.newBuilder().setTraceId(TRACE_ID.substring(1)).setName("a\nb").build();

    assertThat(traces.split(traces(none, zeros, span("a")).toByteArray(), 12, ANY_SIZE))
        .satisfies(
            split -> {
              assertThat(parse(split.pieces().get(0))).isEqualTo(traces(span("a")));
              assertThat(split.refused())
                  .containsExactly(
                      new Refused(
                          2,
                          Reason.INVALID_TRACE_ID,
                          "traces: span \"none\" of service \"shop\" has no trace id (expected: 16 bytes, not all zero)"));
            });
    assertThat(messages(zeros))
        .containsExactly(
            "traces: span \"\" of service \"shop\" has a trace id of zeros (expected: 16 bytes, not all zero)");
    assertThat(messages(shorter))
        .containsExactly(
            "traces: span \"a?b\" of service \"shop\" has a trace id of 15 bytes (expected: 16 bytes, not all zero)");
  }

  private List<String> messages(Span span) throws MalformedOtlp {
    return traces.split(traces(span).toByteArray(), 12, ANY_SIZE).refused().stream()
        .map(Refused::message)
        .toList();
  }

  @Test
  void shouldCutWithinOneMetric() throws MalformedOtlp {
    byte[] request = metrics(metric(numberOf(1), numberOf(2), numberOf(3))).toByteArray();

    Split split = metrics.split(request, 1, request.length - 1);

    assertThat(split.pieces())
        .extracting(SplittersTest::parseMetrics)
        .containsExactly(metrics(metric(numberOf(1), numberOf(2))), metrics(metric(numberOf(3))));
  }

  @Test
  void shouldStoreNothingOfWhatHoldsNoItem() throws MalformedOtlp {
    Metric empty = Metric.newBuilder().setName("empty").setGauge(Gauge.newBuilder()).build();

    assertThat(metrics.split(metrics(empty).toByteArray(), 12, ANY_SIZE))
        .isEqualTo(new Split(List.of(), List.of()));
    assertThat(traces.split(new byte[0], 12, ANY_SIZE)).isEqualTo(new Split(List.of(), List.of()));
  }

  @Test
  void shouldCountOnlyTheLastMemberOfAMetricsOneof() throws MalformedOtlp {
    Metric gauge =
        Metric.newBuilder().setGauge(Gauge.newBuilder().addDataPoints(numberOf(1))).build();
    Metric sum = Metric.newBuilder().setSum(Sum.newBuilder().addDataPoints(numberOf(2))).build();
    byte[] request = concatenated(sum, gauge, sum, gauge, sum);

    Split whole = metrics.split(request, 1, ANY_SIZE);
    Split cut = metrics.split(request, 1, request.length - 1);

    assertThat(whole.pieces()).extracting(Piece::items).containsExactly(3);
    SplitOracle.check(
        Signal.METRICS, parseMetrics(whole.pieces().get(0)), cut, request.length, single -> "");
    assertThat(cut.pieces()).extracting(Piece::items).containsExactly(3);
  }

  @Test
  void shouldKeepWhatThePartsOfAMetricSayTogether() throws MalformedOtlp {
    Metric cumulative =
        Metric.newBuilder().setSum(Sum.newBuilder().setAggregationTemporalityValue(2)).build();
    Metric sum =
        Metric.newBuilder()
            .setSum(Sum.newBuilder().addDataPoints(numberOf(1)).addDataPoints(numberOf(2)))
            .build();
    byte[] bytes = concatenated(cumulative, sum);

    Split split = metrics.split(bytes, 1, bytes.length - 5);

    assertThat(split.pieces()).hasSize(2);
    SplitOracle.check(
        Signal.METRICS, parseMetrics(new Piece(0, bytes, 2)), split, bytes.length, single -> "");
  }

  @Test
  void shouldNotRepeatALargeEnvelopeWithoutBound() throws MalformedOtlp {
    LogRecord[] records = new LogRecord[1000];
    Arrays.fill(records, LogRecord.newBuilder().setSeverityText("INFO").build());
    ExportLogsServiceRequest.Builder builder = logs(records).toBuilder();
    builder.getResourceLogsBuilder(0).setSchemaUrl("x".repeat(10_000));
    byte[] request = builder.build().toByteArray();
    int limit = 10_100;

    Split split =
        Splitters.logs(LogsPartitioning.RESOURCE, Hasher.MURMUR2).split(request, 1, limit);

    int stored = split.pieces().stream().mapToInt(Piece::items).sum();
    int bytes = split.pieces().stream().mapToInt(piece -> piece.value().length).sum();
    assertThat(bytes)
        .isLessThanOrEqualTo(4 * request.length + 8 * limit)
        .isGreaterThan(4 * request.length + 7 * limit);
    assertThat(split.refused())
        .containsExactly(
            new Refused(
                1000 - stored,
                Reason.TOO_LARGE,
                "logs: log record of service \"shop\" is contained in too much: the records of the request, of %d bytes, would be far larger"
                    .formatted(request.length)));
  }

  @Test
  void shouldKeepLogRecordsWithoutTraceIdTogether() throws MalformedOtlp {
    LogRecord with = LogRecord.newBuilder().setTraceId(TRACE_ID).build();
    LogRecord without = LogRecord.newBuilder().setTraceId(TRACE_ID.substring(2)).build();
    byte[] request = logs(without, with, without, LogRecord.getDefaultInstance()).toByteArray();

    Split split =
        Splitters.logs(LogsPartitioning.TRACE_ID, Hasher.MURMUR2).split(request, 1000, ANY_SIZE);

    assertThat(split.refused()).isEmpty();
    assertThat(split.pieces()).extracting(Piece::items).containsExactlyInAnyOrder(1, 3);
    int ofTrace =
        split.pieces().stream()
            .filter(piece -> piece.items() == 1)
            .findFirst()
            .orElseThrow()
            .partition();
    assertThat(traces.split(traces(span("a")).toByteArray(), 1000, ANY_SIZE).pieces())
        .extracting(Piece::partition)
        .containsExactly(ofTrace);
  }

  @Test
  void shouldRefuseTheWholeRequestWhereAResourceIsMalformed() {
    byte[] request = metrics(metric(numberOf(1))).toByteArray();
    int key = indexOf(request, "service.name");
    request[key - 1] = 100;

    assertThatThrownBy(() -> metrics.split(request, 12, ANY_SIZE))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessageMatching("malformed OTLP at byte " + (key - 1) + ": length 100 of field 1 .*");
  }

  @Test
  void shouldBoundNestedAttributes() throws MalformedOtlp {
    // ResourceMetrics, Resource, KeyValue, AnyValue and 48 times ArrayValue and AnyValue are 100.
    assertThat(metrics.split(nested(48), 12, ANY_SIZE).pieces()).hasSize(1);
    assertThat(SplitOracle.parse(Signal.METRICS, nested(48))).isPresent();

    assertThatThrownBy(() -> metrics.split(nested(49), 12, ANY_SIZE))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessageEndingWith("messages nested deeper than 100");
    assertThat(SplitOracle.parse(Signal.METRICS, nested(49))).isEmpty();
  }

  private static byte[] nested(int arrays) {
    AnyValue value = AnyValue.newBuilder().setIntValue(1).build();
    for (int i = 0; i < arrays; i++) {
      AnyValue.Builder outer = AnyValue.newBuilder();
      outer.getArrayValueBuilder().addValues(value);
      value = outer.build();
    }
    ExportMetricsServiceRequest.Builder request = metrics(metric(numberOf(1))).toBuilder();
    request
        .getResourceMetricsBuilder(0)
        .getResourceBuilder()
        .addAttributes(KeyValue.newBuilder().setKey("deep").setValue(value));
    return request.build().toByteArray();
  }

  @Test
  void shouldNotGrowWithRepeatedKeys() throws MalformedOtlp {
    // A map of 50 equal keys whose value is such a map, 10 deep, would be 50^10 values to hash.
    AnyValue value = AnyValue.newBuilder().setStringValue("x").build();
    for (int depth = 0; depth < 10; depth++) {
      AnyValue.Builder outer = AnyValue.newBuilder();
      outer.getKvlistValueBuilder().addValues(KeyValue.newBuilder().setKey("k").setValue(value));
      for (int i = 1; i < 50; i++) {
        outer.getKvlistValueBuilder().addValues(KeyValue.newBuilder().setKey("k"));
      }
      value = outer.build();
    }
    ExportMetricsServiceRequest.Builder request = metrics(metric(numberOf(1))).toBuilder();
    request
        .getResourceMetricsBuilder(0)
        .getResourceBuilder()
        .addAttributes(KeyValue.newBuilder().setKey("wide").setValue(value));

    assertThat(metrics.split(request.build().toByteArray(), 12, ANY_SIZE).pieces()).hasSize(1);
  }

  /** A request of one metric that is made of these, one behind the other. */
  private static byte[] concatenated(Metric... parts) {
    ByteString metric =
        Arrays.stream(parts).map(Metric::toByteString).reduce(ByteString.EMPTY, ByteString::concat);
    return message(1, message(2, message(2, metric))).toByteArray();
  }

  private static ByteString message(int field, ByteString payload) {
    UnknownFieldSet.Field value =
        UnknownFieldSet.Field.newBuilder().addLengthDelimited(payload).build();
    return UnknownFieldSet.newBuilder().addField(field, value).build().toByteString();
  }

  private static int indexOf(byte[] bytes, String text) {
    return ByteString.copyFrom(bytes).toString(ISO_8859_1).indexOf(text);
  }

  private static Message parse(Piece piece) {
    return SplitOracle.parse(Signal.TRACES, piece.value()).orElseThrow();
  }

  private static Message parseMetrics(Piece piece) {
    return SplitOracle.parse(Signal.METRICS, piece.value()).orElseThrow();
  }

  private static Span span(String name) {
    return Span.newBuilder().setTraceId(TRACE_ID).setName(name).build();
  }

  private static NumberDataPoint numberOf(int value) {
    return NumberDataPoint.newBuilder().setAsInt(value).build();
  }

  private static Metric metric(NumberDataPoint... points) {
    return Metric.newBuilder()
        .setName("m")
        .setUnit("s")
        .setSum(
            Sum.newBuilder().addAllDataPoints(List.of(points)).setAggregationTemporalityValue(2))
        .build();
  }

  private static Resource shop() {
    return Resource.newBuilder()
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setStringValue("shop")))
        .build();
  }

  private static ExportTraceServiceRequest traces(Span... spans) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(shop())
                .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
        .build();
  }

  private static ExportMetricsServiceRequest metrics(Metric... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(shop())
                .addScopeMetrics(ScopeMetrics.newBuilder().addAllMetrics(List.of(metrics))))
        .build();
  }

  private static ExportLogsServiceRequest logs(LogRecord... records) {
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .setResource(shop())
                .addScopeLogs(ScopeLogs.newBuilder().addAllLogRecords(List.of(records))))
        .build();
  }
}
