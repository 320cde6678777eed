package io.millrace.metrics.delta;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
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
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Requests and points of delta temporality, as a sender makes them. Times in seconds. */
final class Deltas {

  static final AggregationTemporality DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  static final AggregationTemporality CUMULATIVE =
      AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;

  private Deltas() {}

  static long seconds(double seconds) {
    return (long) (seconds * 1e9);
  }

  static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static ExportMetricsServiceRequest request(Metric... metrics) {
    return of("shop", metrics);
  }

  static ExportMetricsServiceRequest of(String service, Metric... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(
                    Resource.newBuilder().addAttributes(attribute("service.name", service)))
                .addScopeMetrics(
                    ScopeMetrics.newBuilder()
                        .setScope(InstrumentationScope.newBuilder().setName("meter"))
                        .addAllMetrics(Arrays.asList(metrics))))
        .build();
  }

  static Metric counter(String name, NumberDataPoint.Builder... points) {
    return sum(name, true, points);
  }

  static Metric upDownCounter(String name, NumberDataPoint.Builder... points) {
    return sum(name, false, points);
  }

  private static Metric sum(String name, boolean monotonic, NumberDataPoint.Builder... points) {
    Sum.Builder sum = Sum.newBuilder().setAggregationTemporality(DELTA).setIsMonotonic(monotonic);
    Stream.of(points).forEach(sum::addDataPoints);
    return Metric.newBuilder().setName(name).setUnit("1").setDescription("d").setSum(sum).build();
  }

  static Metric gauge(String name, NumberDataPoint.Builder point) {
    return Metric.newBuilder()
        .setName(name)
        .setGauge(Gauge.newBuilder().addDataPoints(point))
        .build();
  }

  static Metric histogram(String name, HistogramDataPoint.Builder... points) {
    Histogram.Builder histogram = Histogram.newBuilder().setAggregationTemporality(DELTA);
    Stream.of(points).forEach(histogram::addDataPoints);
    return Metric.newBuilder().setName(name).setHistogram(histogram).build();
  }

  static Metric exponential(String name, ExponentialHistogramDataPoint.Builder... points) {
    ExponentialHistogram.Builder histogram =
        ExponentialHistogram.newBuilder().setAggregationTemporality(DELTA);
    Stream.of(points).forEach(histogram::addDataPoints);
    return Metric.newBuilder().setName(name).setExponentialHistogram(histogram).build();
  }

  static NumberDataPoint.Builder point(double start, double end) {
    return NumberDataPoint.newBuilder()
        .setStartTimeUnixNano(seconds(start))
        .setTimeUnixNano(seconds(end));
  }

  static NumberDataPoint.Builder whole(double start, double end, long value) {
    return point(start, end).setAsInt(value);
  }

  /** Buckets up to 1, up to 10, and above. */
  static HistogramDataPoint.Builder buckets(double start, double end, long... counts) {
    HistogramDataPoint.Builder point =
        HistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(seconds(start))
            .setTimeUnixNano(seconds(end))
            .setCount(Arrays.stream(counts).sum())
            .addAllExplicitBounds(List.of(1.0, 10.0));
    Arrays.stream(counts).forEach(point::addBucketCounts);
    return point;
  }

  static ExponentialHistogramDataPoint.Builder exponential(
      double start, double end, int scale, int offset, long... counts) {
    ExponentialHistogramDataPoint.Builder point =
        ExponentialHistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(seconds(start))
            .setTimeUnixNano(seconds(end))
            .setScale(scale)
            .setCount(Arrays.stream(counts).sum());
    point.getPositiveBuilder().setOffset(offset);
    Arrays.stream(counts).forEach(point.getPositiveBuilder()::addBucketCounts);
    return point;
  }
}
