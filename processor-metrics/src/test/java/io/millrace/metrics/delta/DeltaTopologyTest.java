package io.millrace.metrics.delta;

import static io.millrace.metrics.delta.Deltas.attribute;
import static io.millrace.metrics.delta.Deltas.buckets;
import static io.millrace.metrics.delta.Deltas.counter;
import static io.millrace.metrics.delta.Deltas.exponential;
import static io.millrace.metrics.delta.Deltas.gauge;
import static io.millrace.metrics.delta.Deltas.histogram;
import static io.millrace.metrics.delta.Deltas.point;
import static io.millrace.metrics.delta.Deltas.request;
import static io.millrace.metrics.delta.Deltas.seconds;
import static io.millrace.metrics.delta.Deltas.upDownCounter;
import static io.millrace.metrics.delta.Deltas.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule, through the whole topology. */
class DeltaTopologyTest {

  private static final int LIMIT = 3;

  @TempDir private Path folder;
  private SummingDriver driver;

  @BeforeEach
  void start() {
    DeltaConfig config = DeltaConfig.DEFAULT;
    driver =
        new SummingDriver(
            folder,
            new DeltaConfig(
                true,
                config.stateDir(),
                "",
                1,
                0,
                config.commitInterval(),
                Duration.ofSeconds(300),
                Duration.ofSeconds(60),
                LIMIT,
                config.memoryBytes()));
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void shouldSumAndKeepTheStart() {
    driver.send(request(counter("c", whole(10, 20, 5))));
    driver.send(request(counter("c", whole(20, 30, 7))));

    List<Metric> sums = driver.take();
    assertThat(sums)
        .extracting(metric -> metric.getSum().getDataPoints(0))
        .containsExactly(whole(10, 20, 5).build(), whole(10, 30, 12).build());
    Metric last = sums.get(1);
    assertThat(last.getName()).isEqualTo("c");
    assertThat(last.getUnit()).isEqualTo("1");
    assertThat(last.getDescription()).isEqualTo("d");
    assertThat(last.getSum().getAggregationTemporality()).isEqualTo(Deltas.CUMULATIVE);
    assertThat(last.getSum().getIsMonotonic()).isTrue();
    assertThat(driver.counts())
        .containsOnly(entry("routed.items", 2L), entry("summed.items", 2L), entry("series", 1L));
  }

  @Test
  void shouldKeepResourceScopeAndHeaders() {
    ExportMetricsServiceRequest sent = request(counter("c", whole(10, 20, 5)));
    driver.send("acme", sent);

    var record = driver.takeRecords().get(0);
    ExportMetricsServiceRequest back = SummingDriver.parse(record.value());
    assertThat(back.getResourceMetrics(0).getResource())
        .isEqualTo(sent.getResourceMetrics(0).getResource());
    assertThat(back.getResourceMetrics(0).getScopeMetrics(0).getScope())
        .isEqualTo(sent.getResourceMetrics(0).getScopeMetrics(0).getScope());
    assertThat(RecordHeaders.get(record.headers(), RecordHeaders.TENANT)).contains("acme");
    assertThat(RecordHeaders.get(record.headers(), RecordHeaders.ITEMS)).contains("1");
    assertThat(RecordHeaders.get(record.headers(), RecordHeaders.SUMMED)).contains("");
  }

  @Test
  void shouldTakeOnlyDeltaPointsOutOfAMixedRequest() {
    Metric cumulative = counter("cumulative", whole(10, 20, 5));
    cumulative =
        cumulative.toBuilder()
            .setSum(cumulative.getSum().toBuilder().setAggregationTemporality(Deltas.CUMULATIVE))
            .build();
    driver.send(request(gauge("g", whole(0, 20, 1)), counter("c", whole(10, 20, 5)), cumulative));

    assertThat(driver.take()).extracting(Metric::getName).containsExactly("c");
    assertThat(driver.counts()).containsEntry("routed.items", 1L);
  }

  @Test
  void shouldTellSeriesApartByWhatIdentifiesThem() {
    // The order of attributes does not.
    driver.send(
        request(
            counter(
                "c",
                whole(10, 20, 1)
                    .addAttributes(attribute("a", "1"))
                    .addAttributes(attribute("b", "2")))));
    driver.send(
        request(
            counter(
                "c",
                whole(20, 30, 1)
                    .addAttributes(attribute("b", "2"))
                    .addAttributes(attribute("a", "1")))));
    assertThat(lastValue()).isEqualTo(2);
    // These do.
    driver.send("acme", request(counter("c", whole(20, 30, 1))));
    driver.send(Deltas.of("other", counter("c", whole(20, 30, 1))));
    assertThat(lastValue()).isEqualTo(1);
    driver.send("t2", request(counter("c", whole(20, 30, 1))));
    driver.send("t2", request(counter("d", whole(20, 30, 1))));
    driver.send("t2", request(upDownCounter("c", whole(20, 30, 1))));
    assertThat(lastValue()).isEqualTo(1);
    assertThat(driver.counts()).containsEntry("series", 6L);
  }

  @Test
  void shouldSumDoublesAndWholeNumbersAsDoubles() {
    driver.send(request(upDownCounter("c", whole(10, 20, 5), point(20, 30).setAsDouble(0.5))));
    driver.send(request(upDownCounter("c", whole(30, 40, -6))));

    assertThat(numbers())
        .containsExactly(
            whole(10, 20, 5).build(),
            point(10, 30).setAsDouble(5.5).build(),
            point(10, 40).setAsDouble(-0.5).build());
  }

  @Test
  void shouldCarryExemplarsAndUnknownFieldsAlong() {
    Exemplar exemplar =
        Exemplar.newBuilder().setAsInt(3).setTraceId(ByteString.copyFrom(new byte[16])).build();
    driver.send(request(counter("c", whole(10, 20, 5))));
    driver.send(request(counter("c", whole(20, 30, 5).addExemplars(exemplar))));

    assertThat(numbers().get(1).getExemplarsList()).containsExactly(exemplar);
  }

  @Test
  void shouldSumHistograms() {
    driver.send(
        request(histogram("h", buckets(10, 20, 1, 2, 3).setSum(50).setMin(0.5).setMax(40))));
    driver.send(
        request(histogram("h", buckets(20, 30, 1, 0, 0).setSum(0.25).setMin(0.25).setMax(0.25))));

    assertThat(histograms().get(1))
        .isEqualTo(buckets(10, 30, 2, 2, 3).setSum(50.25).setMin(0.25).setMax(40).build());
  }

  @Test
  void shouldLeaveOutWhatOneOfTwoHistogramsHasNot() {
    driver.send(request(histogram("h", buckets(10, 20, 1, 0, 0).setSum(1).setMin(1).setMax(1))));
    driver.send(request(histogram("h", buckets(20, 30, 1, 0, 0).setSum(Double.NaN))));
    driver.send(request(histogram("h", buckets(30, 40, 1, 0, 0).setSum(1).setMin(1).setMax(1))));

    assertThat(histograms().get(2)).isEqualTo(buckets(10, 40, 3, 0, 0).build());
  }

  @Test
  void shouldStartAnewWhenBoundsChange() {
    driver.send(request(histogram("h", buckets(10, 20, 1, 2, 3))));
    HistogramDataPoint.Builder other = buckets(20, 30, 1, 1, 1).setExplicitBounds(0, 0.5);
    driver.send(request(histogram("h", other.clone())));
    driver.send(
        request(
            histogram(
                "h",
                other.clone().setStartTimeUnixNano(seconds(30)).setTimeUnixNano(seconds(40)))));

    assertThat(histograms().get(1)).isEqualTo(other.build());
    assertThat(histogramsTaken.get(2).getBucketCountsList()).containsExactly(2L, 2L, 2L);
    assertThat(histogramsTaken.get(2).getStartTimeUnixNano()).isEqualTo(seconds(20));
    assertThat(driver.counts()).containsEntry("resets bounds_changed", 1L);
  }

  private List<HistogramDataPoint> histogramsTaken = List.of();

  @Test
  void shouldMergeExponentialHistogramsAtTheLowerScale() {
    driver.send(
        request(
            exponential("e", exponential(10, 20, 1, 3, 1, 2, 3).setSum(6).setMin(1).setMax(9))));
    driver.send(
        request(
            exponential("e", exponential(20, 30, 0, -1, 4, 5).setSum(3).setMin(0.5).setMax(2))));

    // At scale 0: buckets 3, 4, 5 of scale 1 are 1, 2, 2.
    var merged = driver.take().get(1).getExponentialHistogram().getDataPoints(0);
    assertThat(merged.getScale()).isZero();
    assertThat(merged.getPositive().getOffset()).isEqualTo(-1);
    assertThat(merged.getPositive().getBucketCountsList()).containsExactly(4L, 5L, 1L, 5L);
    assertThat(merged.getCount()).isEqualTo(15);
    assertThat(merged.getSum()).isEqualTo(9);
    assertThat(merged.getMin()).isEqualTo(0.5);
    assertThat(merged.getMax()).isEqualTo(9);
    assertThat(merged.getStartTimeUnixNano()).isEqualTo(seconds(10));
  }

  @Test
  void shouldWidenTheZeroBucketToTheGreaterThreshold() {
    // Buckets 0..2 of scale 0: (1, 2], (2, 4], (4, 8].
    driver.send(
        request(exponential("e", exponential(10, 20, 0, 0, 1, 2, 3).setZeroThreshold(0.5))));
    // 3 lies in a bucket that is not empty: the threshold is raised to its end.
    driver.send(
        request(
            exponential(
                "e",
                exponential(20, 30, 0, 3, 7).setZeroThreshold(3).setZeroCount(5).setCount(12))));

    var merged = driver.take().get(1).getExponentialHistogram().getDataPoints(0);
    assertThat(merged.getZeroThreshold()).isEqualTo(4);
    assertThat(merged.getZeroCount()).isEqualTo(8);
    assertThat(merged.getPositive().getOffset()).isEqualTo(2);
    assertThat(merged.getPositive().getBucketCountsList()).containsExactly(3L, 7L);
    assertThat(merged.getCount()).isEqualTo(18);
  }

  @Test
  void shouldKeepAnExponentialHistogramWithinItsBuckets() {
    driver.send(request(exponential("e", exponential(10, 20, 3, 0, 1))));
    driver.send(request(exponential("e", exponential(20, 30, 3, 160, 1))));
    driver.send(request(exponential("e", exponential(30, 40, 20, -1_000_000, 1))));

    List<Metric> taken = driver.take();
    var second = taken.get(1).getExponentialHistogram().getDataPoints(0);
    assertThat(second.getScale()).isEqualTo(2);
    assertThat(second.getPositive().getBucketCountsCount()).isEqualTo(81);
    var third = taken.get(2).getExponentialHistogram().getDataPoints(0);
    assertThat(third.getScale()).isEqualTo(2);
    assertThat(third.getPositive().getOffset()).isEqualTo(-1_000_000 >> 18);
    assertThat(third.getPositive().getBucketCounts(80 + 4)).isEqualTo(1);
  }

  @Test
  void shouldDropDuplicatesAndWhatIsOutOfOrder() {
    driver.send(request(counter("c", whole(100, 110, 5))));
    driver.send(request(counter("c", whole(100, 110, 5))));
    driver.send(request(counter("c", whole(90, 109, 5))));
    driver.send(request(counter("c", whole(99, 120, 5))));
    assertThat(driver.take()).hasSize(1);
    driver.send(request(counter("c", whole(110, 120, 1))));

    assertThat(lastValue()).isEqualTo(6);
    assertThat(driver.counts())
        .containsEntry("dropped.items duplicate", 1L)
        .containsEntry("dropped.items out_of_order", 1L)
        .containsEntry("dropped.items older_start", 1L)
        .containsEntry("summed.items", 2L)
        .containsEntry("routed.items", 5L);
  }

  @Test
  void shouldSumAnOverlapAndCountIt() {
    driver.send(request(counter("c", whole(10, 20, 5))));
    driver.send(request(counter("c", whole(15, 25, 5))));

    assertThat(lastValue()).isEqualTo(10);
    assertThat(driver.counts()).containsEntry("overlaps", 1L);
  }

  @Test
  void shouldGoOnOverAGapAsLongAsAllowedAndStartAnewBehindALongerOne() {
    driver.send(request(counter("c", whole(10, 20, 5))));
    driver.send(request(counter("c", whole(80, 90, 5))));
    assertThat(driver.take().get(1).getSum().getDataPoints(0)).isEqualTo(whole(10, 90, 10).build());

    driver.send(request(counter("c", whole(150.001, 160, 5))));
    assertThat(numbers()).containsExactly(whole(150.001, 160, 5).build());
    driver.send(request(counter("c", whole(160, 170, 5))));
    assertThat(numbers()).containsExactly(whole(150.001, 170, 10).build());
    assertThat(driver.counts()).containsEntry("resets gap", 1L);
  }

  @Test
  void shouldSumWithoutStartTimes() {
    driver.send(request(counter("c", whole(0, 20, 5))));
    driver.send(request(counter("c", whole(0, 9000, 5))));

    assertThat(numbers()).containsExactly(whole(0, 20, 5).build(), whole(0, 9000, 10).build());
  }

  @Test
  void shouldStartAnewWhenANumberDoesNotFit() {
    driver.send(request(counter("c", whole(10, 20, Long.MAX_VALUE))));
    driver.send(request(counter("c", whole(20, 30, 1))));

    assertThat(numbers().get(1)).isEqualTo(whole(20, 30, 1).build());
    assertThat(driver.counts()).containsEntry("resets overflow", 1L);
  }

  @Test
  void shouldDropWhatCannotBeSummed() {
    driver.send(
        request(
            counter(
                "c",
                whole(10, 20, -1), // a counter does not go down
                point(10, 20), // nothing
                point(10, 20).setAsDouble(Double.NaN),
                point(10, 20).setAsDouble(Double.POSITIVE_INFINITY),
                whole(30, 20, 1), // ends before it starts
                whole(10, 0, 1)), // no time
            histogram(
                "h",
                buckets(10, 20, 1, 2), // three buckets for two bounds
                buckets(10, 20, 1, 2, 3).setCount(5)), // more in buckets than in all
            exponential(
                "e",
                exponential(10, 20, 21, 0, 1),
                exponential(10, 20, 1, 0, 1).setCount(0),
                exponential(10, 20, 1, Integer.MAX_VALUE, 1))));

    assertThat(driver.take()).isEmpty();
    assertThat(driver.counts())
        .containsOnly(entry("routed.items", 11L), entry("dropped.items invalid", 11L));
  }

  @Test
  void shouldDropWhatCannotBeReadAndGoOn() {
    byte[] whole = request(counter("c", whole(10, 20, 5))).toByteArray();
    byte[] brokenPoint = whole.clone();
    int valueTag = indexOfLast(brokenPoint, (byte) (6 << 3 | 1));
    brokenPoint[valueTag] = 7; // a wire type that is none
    driver.sendToDelta(brokenPoint);
    driver.sendToDelta(new byte[] {10, 5, 0});
    Metric gauge = gauge("g", whole(0, 20, 1));
    driver.sendToDelta(request(gauge).toByteArray());
    Metric sum = counter("c", whole(10, 20, 5));
    driver.sendToDelta(
        request(
                sum.toBuilder()
                    .setSum(sum.getSum().toBuilder().setAggregationTemporality(Deltas.CUMULATIVE))
                    .build())
            .toByteArray());
    driver.sendToDelta(whole);

    assertThat(driver.take()).hasSize(1);
    assertThat(driver.counts())
        .containsOnly(
            entry("dropped.items malformed", 2L),
            entry("dropped.items not_delta", 2L),
            entry("summed.items", 1L),
            entry("series", 1L));
  }

  /** The delivery takes such points for summed: it does not look into resources. */
  @Test
  void shouldCountPointsOfAResourceThatCannotBeRead() {
    ResourceMetrics readable = request(counter("c", whole(10, 20, 5))).getResourceMetrics(0);
    byte[] rest = readable.toBuilder().clearResource().build().toByteArray();
    WireWriter resource = new WireWriter(64);
    resource.tag(1, WireReader.LENGTH_DELIMITED);
    resource.lengthDelimited(new byte[] {10, 127, 1});
    resource.copy(rest, 0, rest.length);
    WireWriter all = new WireWriter(64);
    all.tag(1, WireReader.LENGTH_DELIMITED);
    all.lengthDelimited(resource.toByteArray());
    driver.sendBytes(all.toByteArray());

    assertThat(driver.take()).isEmpty();
    assertThat(driver.counts())
        .containsOnly(entry("routed.items", 1L), entry("dropped.items malformed", 1L));
  }

  private static int indexOfLast(byte[] bytes, byte wanted) {
    int at = bytes.length - 1;
    while (bytes[at] != wanted) {
      at--;
    }
    return at;
  }

  @Test
  void shouldNotSumWhatIsRedriven() {
    driver.sendRedriven("as-received", request(counter("c", whole(10, 20, 5))));

    assertThat(driver.take()).isEmpty();
    driver.send(request(counter("c", whole(20, 30, 1))));
    assertThat(numbers()).containsExactly(whole(20, 30, 1).build());
  }

  @Test
  void shouldCarryOnlyInsideWhenADeltaWasAppended() {
    driver.send(request(counter("c", whole(10, 20, 5))));

    assertThat(driver.takeRecords())
        .allSatisfy(
            record -> assertThat(RecordHeaders.get(record.headers(), LogTime.APPENDED)).isEmpty());
  }

  @Test
  void shouldEndASeriesWhenItsSenderSaysSo() {
    driver.send(request(counter("c", whole(10, 20, 5))));
    driver.take();
    driver.send(request(counter("c", point(20, 30).setFlags(1))));

    assertThat(numbers()).containsExactly(point(10, 30).setFlags(1).build());
    assertThat(driver.counts()).doesNotContainKey("series");
    driver.send(request(counter("c", point(30, 40).setFlags(1))));
    assertThat(driver.take()).isEmpty();
    assertThat(driver.counts()).containsEntry("dropped.items unknown_series", 1L);
    driver.send(request(counter("c", whole(30, 40, 1))));
    assertThat(numbers()).containsExactly(whole(30, 40, 1).build());
  }

  @Test
  void shouldEndSeriesThatAreIdle() {
    driver.send(
        "acme",
        request(
            counter("c", whole(10, 20, 5).addAttributes(attribute("a", "b"))),
            histogram("h", buckets(10, 20, 1, 2, 3).setSum(5)),
            exponential("e", exponential(10, 20, 3, 0, 1))));
    driver.take();
    driver.advance(Duration.ofSeconds(310));
    assertThat(driver.take()).isEmpty(); // the end of the partition is known after ten seconds
    driver.advance(Duration.ofSeconds(2));

    var records = driver.takeRecords();
    assertThat(records).hasSize(1);
    assertThat(RecordHeaders.get(records.get(0).headers(), RecordHeaders.TENANT)).contains("acme");
    long end = (SummingDriver.BEGIN.getEpochSecond() + 301) * 1_000_000_000L;
    List<Metric> ends =
        SummingDriver.parse(records.get(0).value()).getResourceMetricsList().stream()
            .map(resource -> resource.getScopeMetrics(0).getMetrics(0))
            .sorted(java.util.Comparator.comparing(Metric::getName))
            .toList();
    assertThat(ends).extracting(Metric::getName).containsExactly("c", "e", "h");
    assertThat(ends.get(0).getSum().getIsMonotonic()).isTrue();
    assertThat(ends.get(0).getSum().getDataPoints(0))
        .isEqualTo(
            point(10, 0)
                .setTimeUnixNano(end)
                .setFlags(1)
                .addAttributes(attribute("a", "b"))
                .build());
    // Each bound is a series of its own in Prometheus.
    assertThat(ends.get(2).getHistogram().getDataPoints(0))
        .isEqualTo(buckets(10, 0, 0, 0, 0).setSum(0).setTimeUnixNano(end).setFlags(1).build());
    assertThat(ends.get(1).getExponentialHistogram().getDataPoints(0).getFlags()).isEqualTo(1);
    assertThat(driver.counts()).containsEntry("expired.series", 3L).doesNotContainKey("series");
    for (String store : List.of(DeltaTopology.SUMS, DeltaTopology.IDENTITIES)) {
      try (KeyValueIterator<?, ?> all = driver.store(store).all()) {
        assertThat(all).as(store).isExhausted();
      }
    }
  }

  @Test
  void shouldEndNoSeriesThatIsStillFed() {
    driver.send(
        request(
            counter("c", whole(10, 20, 5), whole(10, 20, 5).addAttributes(attribute("a", "b")))));
    for (int i = 0; i < 10; i++) {
      driver.advance(Duration.ofSeconds(60));
      driver.send(request(counter("c", whole(20 + i, 21 + i, 5))));
    }
    assertThat(lastValue()).isEqualTo(55);
    assertThat(driver.counts()).containsEntry("expired.series", 1L).containsEntry("series", 1L);
  }

  @Test
  void shouldRefuseSeriesBeyondTheLimitOfATenant() {
    for (int i = 0; i <= LIMIT; i++) {
      driver.send(
          "acme", request(counter("c", whole(10, 20, 5).addAttributes(attribute("i", "" + i)))));
    }
    driver.send("other", request(counter("c", whole(10, 20, 5))));
    assertThat(driver.take()).hasSize(LIMIT + 1);
    assertThat(driver.counts())
        .containsEntry("dropped.items series_limit", 1L)
        .containsEntry("series", LIMIT + 1L);

    // Those it has go on, and there is room again when they have ended.
    driver.send("acme", request(counter("c", whole(20, 30, 5).addAttributes(attribute("i", "0")))));
    assertThat(lastValue()).isEqualTo(10);
    driver.advance(Duration.ofSeconds(320));
    driver.take();
    driver.send("acme", request(counter("c", whole(400, 410, 5))));
    assertThat(lastValue()).isEqualTo(5);
  }

  /** What a series takes, beside RocksDB's own few bytes: the figure of the README. */
  @Test
  void shouldKeepLittleOfASeries() {
    driver.send(request(counter("http.server.requests", whole(1e9, 1e9 + 10, 1))));
    int fixed = stateBytes();
    driver.send(
        request(
            counter(
                "http.server.requests",
                whole(1e9, 1e9 + 10, 123_456).addAttributes(attribute("http.route", "/cart")))));
    int key = SeriesStore.SERIES_BYTES;
    int attribute = 1 + 2 + attribute("http.route", "/cart").getSerializedSize();
    assertThat(stateBytes() - fixed).isEqualTo(2 * key + 22 + attribute);
  }

  private int stateBytes() {
    int bytes = 0;
    for (String store : List.of(DeltaTopology.SUMS, DeltaTopology.IDENTITIES)) {
      try (var all = driver.store(store).all()) {
        while (all.hasNext()) {
          var next = all.next();
          bytes += next.key.get().length + next.value.length;
        }
      }
    }
    return bytes;
  }

  @Test
  void shouldBeDrawnInTheReadme() throws Exception {
    String drawn =
        SummingDriver.topology(DeltaConfig.DEFAULT, new DeltaMeters(new SimpleMeterRegistry()))
            .describe()
            .toString();
    assertThat(Files.readString(Path.of("README.md"))).contains("```\n" + drawn.strip() + "\n```");
  }

  private long lastValue() {
    List<NumberDataPoint> points = numbers();
    return points.get(points.size() - 1).getAsInt();
  }

  private List<NumberDataPoint> numbers() {
    return driver.take().stream()
        .flatMap(metric -> metric.getSum().getDataPointsList().stream())
        .toList();
  }

  private List<HistogramDataPoint> histograms() {
    histogramsTaken =
        driver.take().stream()
            .flatMap(metric -> metric.getHistogram().getDataPointsList().stream())
            .toList();
    return histogramsTaken;
  }
}
