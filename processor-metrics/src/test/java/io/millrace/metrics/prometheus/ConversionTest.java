package io.millrace.metrics.prometheus;

import static io.millrace.metrics.prometheus.Otlp.attribute;
import static io.millrace.metrics.prometheus.Otlp.gauge;
import static io.millrace.metrics.prometheus.Otlp.point;
import static io.millrace.metrics.prometheus.Otlp.request;
import static io.millrace.metrics.prometheus.Otlp.sum;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.CodedOutputStream;
import io.millrace.metrics.relabel.RelabelRules;
import io.millrace.otlp.MalformedOtlp;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the golden folders do not show: what is refused, limits, odd wire forms, stale markers. */
class ConversionTest {

  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  @Test
  void shouldCountEachDataPointWithoutAPlaceByItsReason() throws Exception {
    Conversion conversion =
        convert(
            config(3, 0, 0),
            request(
                gauge("fine", point(1, 1)),
                sum("delta", AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA, point(1, 1)),
                sum(
                    "unspecified",
                    AggregationTemporality.AGGREGATION_TEMPORALITY_UNSPECIFIED,
                    point(1, 1),
                    point(2, 1)),
                gauge("...", point(1, 1)),
                gauge("label.name", point(1, 1, "___", "x")),
                gauge("limit", point(1, 1, "a", "1", "b", "2")),
                exponential(point -> point.setScale(-5)),
                exponential(point -> point.setScale(100))));

    assertThat(reasons(conversion))
        .isEqualTo(
            Map.of(
                Unconvertible.DELTA_TEMPORALITY, 1L,
                Unconvertible.UNSPECIFIED_TEMPORALITY, 2L,
                Unconvertible.METRIC_NAME, 1L,
                Unconvertible.LABEL_NAME, 1L,
                Unconvertible.LABEL_LIMIT, 1L,
                Unconvertible.HISTOGRAM_SCALE, 2L));
    assertThat(conversion.table().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void shouldHoldLabelsToTheirLimits(int beyond) throws Exception {
    // A series has its name, job, and two labels of 10 and 20 bytes
    byte[] request = request(gauge("g", point(1, 1, "abcdefghij", "x".repeat(20), "b", "y")));

    for (ConversionConfig limits :
        List.of(config(4 + beyond, 0, 0), config(0, 10 + beyond, 0), config(0, 0, 20 + beyond))) {
      Conversion conversion = convert(limits, request);
      assertThat(conversion.table().size()).isEqualTo(beyond < 0 ? 0 : 1);
      assertThat(conversion.unconvertible(Unconvertible.LABEL_LIMIT)).isEqualTo(beyond < 0 ? 1 : 0);
    }
  }

  @Test
  void shouldRefuseTextThatIsNotUtf8() throws Exception {
    // Given a value that protobuf-java would not write
    byte[] request = request(gauge("g", point(1, 1, "a", "\u0001\u0002")));
    byte[] broken = request.clone();
    for (int i = 0; i < broken.length - 1; i++) {
      if (broken[i] == 1 && broken[i + 1] == 2) {
        broken[i] = (byte) 0xff;
      }
    }
    assertThat(reasons(convert(ConversionConfig.DEFAULT, broken)))
        .isEqualTo(Map.of(Unconvertible.INVALID_UTF8, 1L));
  }

  @Test
  void shouldWriteStaleMarkers() throws Exception {
    Conversion conversion =
        convert(
            ConversionConfig.DEFAULT,
            request(
                gauge("g", NumberDataPoint.newBuilder().setTimeUnixNano(1).setFlags(1).build()),
                exponential(point -> point.setFlags(1))));

    ReceivedRequest request = received(conversion);
    assertThat(Double.doubleToRawLongBits(request.series.get(0).samples.get(0).value()))
        .isEqualTo(0x7ff0000000000002L);
    ReceivedHistogram histogram = request.series.get(1).histograms.get(0);
    assertThat(histogram.isStale()).isTrue();
    assertThat(histogram.count).isEqualTo(0x7ff0000000000002L);
  }

  @Test
  void shouldFindTheSameSeriesWhateverTheWireFormOfAPoint() throws Exception {
    // Given attributes in other orders, apart from each other, and unpacked buckets
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder()
            .setTimeUnixNano(1_000_000)
            .setCount(3)
            .setSum(1)
            .addAllExplicitBounds(List.of(1.0))
            .addAllBucketCounts(List.of(1L, 2L));
    HistogramDataPoint usual =
        point.clone().addAttributes(attribute("a", "1")).addAttributes(attribute("b", "2")).build();
    HistogramDataPoint reversed =
        point
            .clone()
            .setTimeUnixNano(2_000_000)
            .addAttributes(attribute("b", "2"))
            .addAttributes(attribute("a", "1"))
            .build();
    byte[] apart = apart(point.clone().setTimeUnixNano(3_000_000));
    ByteArrayOutputStream histogram = new ByteArrayOutputStream();
    for (byte[] one : List.of(usual.toByteArray(), reversed.toByteArray(), apart)) {
      field(histogram, 1, one);
    }
    histogram.writeBytes(new byte[] {2 << 3, 2}); // cumulative
    ByteArrayOutputStream metric = new ByteArrayOutputStream();
    field(metric, 9, histogram.toByteArray());
    field(metric, 1, "h".getBytes(UTF_8)); // its name after its data
    ByteArrayOutputStream scope = new ByteArrayOutputStream();
    field(scope, 2, metric.toByteArray());
    ByteArrayOutputStream resource = new ByteArrayOutputStream();
    field(resource, 2, scope.toByteArray());
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    field(request, 1, resource.toByteArray());
    // When
    Conversion conversion = convert(ConversionConfig.DEFAULT, request.toByteArray());
    // Then
    assertThat(conversion.table().size()).isEqualTo(4);
    assertThat(conversion.table().sampleCount()).isEqualTo(12);
  }

  private static void field(ByteArrayOutputStream out, int number, byte[] value)
      throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    coded.writeByteArray(number, value);
    coded.flush();
  }

  /** The same fields with one attribute first and the other last, and numbers one by one. */
  private static byte[] apart(HistogramDataPoint.Builder point) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeMessage(9, attribute("a", "1"));
    out.writeFixed64(3, point.getTimeUnixNano());
    out.writeFixed64(4, point.getCount());
    out.writeDouble(5, point.getSum());
    for (long count : point.getBucketCountsList()) {
      out.writeFixed64(6, count);
    }
    for (double bound : point.getExplicitBoundsList()) {
      out.writeDouble(7, bound);
    }
    out.writeMessage(9, attribute("b", "2"));
    out.flush();
    return bytes.toByteArray();
  }

  @Test
  void shouldTellSeriesApartThatDifferInBoundsSumOrResource() throws Exception {
    Metric two =
        Metric.newBuilder()
            .setName("h")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(histogramPoint(1.0))
                    .addDataPoints(histogramPoint(2.0)))
            .build();
    byte[] request = request(two);
    byte[] other = request(List.of(attribute("service.name", "other")), two);

    Conversion conversion = convert(ConversionConfig.DEFAULT, request, other);

    // count, +Inf and two bounds of each service
    assertThat(conversion.table().size()).isEqualTo(8);
  }

  private static HistogramDataPoint histogramPoint(double bound) {
    return HistogramDataPoint.newBuilder()
        .setCount(1)
        .addExplicitBounds(bound)
        .addBucketCounts(1)
        .addBucketCounts(0)
        .build();
  }

  @Test
  void shouldPutAHistogramWithoutBucketsIntoOneNativeBucket() throws Exception {
    ConversionConfig base = ConversionConfig.DEFAULT;
    ConversionConfig nhcb =
        new ConversionConfig(
            base.translationStrategy(),
            List.of(),
            false,
            List.of(),
            false,
            false,
            true,
            true,
            true,
            true,
            0,
            0,
            0);
    Metric metric =
        Metric.newBuilder()
            .setName("h")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(CUMULATIVE)
                    .addDataPoints(HistogramDataPoint.newBuilder().setCount(5).setSum(8)))
            .build();

    ReceivedHistogram histogram =
        received(convert(nhcb, request(metric))).series.get(0).histograms.get(0);

    assertThat(histogram.schema).isEqualTo(-53);
    assertThat(histogram.count).isEqualTo(5);
    assertThat(histogram.positiveDeltas).containsExactly(5L);
  }

  @Test
  void shouldRelabelAndCountWhatRulesDrop() throws Exception {
    RelabelRules rules =
        RelabelRules.read(
            "k",
            new YAMLMapper()
                .readTree(
                    """
                    - {action: drop, source_labels: [__name__], regex: noise.*}
                    - {source_labels: [job], target_label: Team}
                    - {action: labeldrop, regex: job}
                    """));
    Conversion conversion =
        new Conversion(
            ConversionConfig.DEFAULT, Map.of(), Map.of(), Relabelling.of(rules), new TargetTimes());
    for (int batch = 0; batch < 2; batch++) {
      conversion.start("");
      conversion.add(request(gauge("signal", point(1, 1)), gauge("noise", point(1, 1))));

      assertThat(received(conversion).series)
          .singleElement()
          .satisfies(
              series ->
                  assertThat(List.copyOf(series.labels.entrySet()))
                      .containsExactly(Map.entry("Team", "shop"), Map.entry("__name__", "signal")));
      assertThat(conversion.droppedSamples()).isEqualTo(1);
    }
  }

  @Test
  void shouldReadWhateverBytesOrRefuseThemAsMalformed() throws Exception {
    Random random = new Random(7);
    byte[] good =
        ExportMetricsServiceRequest.parseFrom(
                request(
                    gauge("g", point(1, 1, "a", "b")),
                    exponential(point -> point.setScale(3)),
                    sum("s", CUMULATIVE, point(1, 2))))
            .toByteArray();
    Conversion conversion =
        new Conversion(
            ConversionConfig.DEFAULT,
            Map.of(),
            Map.of(),
            SeriesLabels.UNCHANGED,
            new TargetTimes());
    int malformed = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = good.clone();
      for (int change = 0; change <= i % 4; change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        conversion.start("");
        conversion.add(bytes);
        received(conversion);
      } catch (MalformedOtlp e) {
        malformed++;
      }
    }
    assertThat(malformed).isBetween(1, 4_999);
    assertThatThrownBy(() -> conversion.add(new byte[] {10, 127}))
        .isInstanceOf(MalformedOtlp.class);
  }

  @Test
  void shouldGiveTheSameSeriesInOneBatchAsInMany() throws Exception {
    // Given points of a few series at random
    Random random = new Random(11);
    List<byte[]> requests = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      requests.add(
          request(
              gauge(
                  "g" + random.nextInt(3),
                  point(1000 + i, i, "k", "" + random.nextInt(4), "l", "" + random.nextInt(2)))));
    }
    // When
    SeriesText apart = new SeriesText(0);
    for (byte[] request : requests) {
      for (ReceivedRequest.Series series :
          received(convert(ConversionConfig.DEFAULT, request)).series) {
        series.samples.forEach(s -> apart.sample(series.labels, s.millis(), s.value()));
      }
    }
    Conversion together = convert(ConversionConfig.DEFAULT, requests.toArray(byte[][]::new));
    // Then
    assertThat(received(together).text(0).toString()).isEqualTo(apart.toString());
  }

  /** The golden folders' exemplars are in one series each; here series with and without mix. */
  @Test
  void shouldSayTheSameByBothVersionsWhateverStandsBesideAnother() throws Exception {
    Random random = new Random(13);
    List<Metric> metrics = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      NumberDataPoint.Builder point =
          point(1000 + i, i, "k" + random.nextInt(3), "v" + random.nextInt(3)).toBuilder();
      for (int exemplar = random.nextInt(3); exemplar > 0; exemplar--) {
        point.addExemplars(
            Exemplar.newBuilder()
                .setTimeUnixNano(1_000_000L * (1000 - exemplar))
                .setAsDouble(random.nextInt(9))
                .addFilteredAttributes(attribute("e" + random.nextInt(3), "f")));
      }
      metrics.add(sum("s" + random.nextInt(5), CUMULATIVE, point.build()));
    }
    Conversion conversion =
        convert(ConversionConfig.DEFAULT, request(metrics.toArray(Metric[]::new)));

    WireBuffer out = new WireBuffer(64);
    new WriteRequestV2().write(conversion.table(), conversion, List.of(), out);
    String version2 = ReceivedRequest.v2(out.toByteArray(0, out.size())).text(0).toString();

    assertThat(version2).contains("exemplar").isEqualTo(received(conversion).text(0).toString());
  }

  private static Metric exponential(UnaryOperator<ExponentialHistogramDataPoint.Builder> change) {
    return Metric.newBuilder()
        .setName("e")
        .setExponentialHistogram(
            ExponentialHistogram.newBuilder()
                .setAggregationTemporality(CUMULATIVE)
                .addDataPoints(
                    change.apply(ExponentialHistogramDataPoint.newBuilder().setTimeUnixNano(1))))
        .build();
  }

  private static ConversionConfig config(int names, int nameBytes, int valueBytes) {
    ConversionConfig base = ConversionConfig.DEFAULT;
    return new ConversionConfig(
        base.translationStrategy(),
        List.of(),
        false,
        List.of(),
        false,
        false,
        false,
        true,
        true,
        true,
        names,
        nameBytes,
        valueBytes);
  }

  private static Conversion convert(ConversionConfig config, byte[]... requests)
      throws MalformedOtlp {
    Conversion conversion =
        new Conversion(config, Map.of(), Map.of(), SeriesLabels.UNCHANGED, new TargetTimes());
    conversion.start("");
    for (byte[] request : requests) {
      conversion.add(request);
    }
    return conversion;
  }

  private static Map<Unconvertible, Long> reasons(Conversion conversion) {
    return Sent.of(conversion, false, 1).unconvertible();
  }

  private static ReceivedRequest received(Conversion conversion) throws IOException {
    WireBuffer out = new WireBuffer(64);
    new WriteRequestV1().write(conversion.table(), conversion, List.of(), out);
    return ReceivedRequest.v1(out.toByteArray(0, out.size()));
  }
}
