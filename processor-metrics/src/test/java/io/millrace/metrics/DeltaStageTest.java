package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.delivery.Staged;
import io.millrace.metrics.MetricsDestination.DeltaPoints;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
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
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DeltaStageTest {

  private static final AggregationTemporality DELTA =
      AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  private static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  private final DeltaStage summed = new DeltaStage(DeltaPoints.SUMMED);
  private final DeltaStage asReceived = new DeltaStage(DeltaPoints.AS_RECEIVED);

  @Test
  void shouldLeaveOutDeltaPointsOfEveryType() throws Exception {
    Staged staged = summed.apply(record(mixed(), false));

    ExportMetricsServiceRequest left = ExportMetricsServiceRequest.parseFrom(staged.value());
    assertThat(left.getResourceMetrics(0).getScopeMetrics(0).getMetricsList())
        .containsExactly(gauge(), sum(CUMULATIVE));
    assertThat(staged.items()).isEqualTo(2);
    assertThat(staged.dropped()).isEqualTo(Map.of(DeltaStage.SUMMED, 3));
    assertThat(staged.letters()).isSameAs(staged.value());
  }

  @Test
  void shouldDeliverNothingOfNothingButDeltaPoints() throws Exception {
    Staged staged = summed.apply(record(request(sum(DELTA)), false));

    assertThat(staged.items()).isZero();
    assertThat(staged.value()).isEmpty();
    assertThat(staged.dropped()).isEqualTo(Map.of(DeltaStage.SUMMED, 1));
  }

  @Test
  void shouldPassOnAsItIsWhatHasNoDeltaPointsAndSums() throws Exception {
    for (boolean isSummed : List.of(true, false)) {
      var record = record(request(gauge(), sum(CUMULATIVE)), isSummed);
      Staged staged = summed.apply(record);
      assertThat(staged.value()).isSameAs(record.value());
      assertThat(staged.items()).isEqualTo(2);
      assertThat(staged.dropped()).isEmpty();
    }
  }

  @Test
  void shouldGiveThoseThatTakeDeltaPointsTheseAndNoSums() throws Exception {
    var received = record(mixed(), false);
    Staged staged = asReceived.apply(received);
    assertThat(staged.value()).isSameAs(received.value());
    assertThat(staged.items()).isEqualTo(5);
    assertThat(staged.dropped()).isEmpty();

    Staged sums = asReceived.apply(record(request(sum(CUMULATIVE), sum(CUMULATIVE)), true));
    assertThat(sums.items()).isZero();
    assertThat(sums.dropped()).isEqualTo(Map.of(DeltaStage.AS_RECEIVED, 2));
  }

  private static ExportMetricsServiceRequest mixed() {
    Metric histogram =
        Metric.newBuilder()
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(DELTA)
                    .addDataPoints(HistogramDataPoint.newBuilder().setCount(1)))
            .build();
    Metric exponential =
        Metric.newBuilder()
            .setExponentialHistogram(
                ExponentialHistogram.newBuilder()
                    .setAggregationTemporality(DELTA)
                    .addDataPoints(ExponentialHistogramDataPoint.newBuilder().setCount(1)))
            .build();
    return request(gauge(), sum(DELTA), histogram, sum(CUMULATIVE), exponential);
  }

  private static Metric gauge() {
    return Metric.newBuilder()
        .setName("g")
        .setGauge(Gauge.newBuilder().addDataPoints(NumberDataPoint.newBuilder().setAsInt(1)))
        .build();
  }

  private static Metric sum(AggregationTemporality temporality) {
    return Metric.newBuilder()
        .setName("s")
        .setSum(
            Sum.newBuilder()
                .setAggregationTemporality(temporality)
                .addDataPoints(NumberDataPoint.newBuilder().setAsInt(1)))
        .build();
  }

  private static ExportMetricsServiceRequest request(Metric... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(ScopeMetrics.newBuilder().addAllMetrics(List.of(metrics))))
        .build();
  }

  private static ConsumerRecord<byte[], byte[]> record(
      ExportMetricsServiceRequest request, boolean isSummed) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("t", 0, 0, new byte[0], request.toByteArray());
    if (isSummed) {
      RecordHeaders.put(record.headers(), RecordHeaders.SUMMED, "");
    }
    return record;
  }
}
