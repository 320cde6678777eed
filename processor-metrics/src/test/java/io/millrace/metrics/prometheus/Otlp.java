package io.millrace.metrics.prometheus;

import io.millrace.delivery.Batch;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Small OTLP requests for tests. */
public final class Otlp {

  private Otlp() {}

  public static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  /**
   * @param attributes keys and values, one after the other
   */
  public static NumberDataPoint point(long millis, double value, String... attributes) {
    NumberDataPoint.Builder point =
        NumberDataPoint.newBuilder()
            .setTimeUnixNano(TimeUnit.MILLISECONDS.toNanos(millis))
            .setAsDouble(value);
    for (int i = 0; i < attributes.length; i += 2) {
      point.addAttributes(attribute(attributes[i], attributes[i + 1]));
    }
    return point.build();
  }

  public static Metric gauge(String name, NumberDataPoint... points) {
    return Metric.newBuilder()
        .setName(name)
        .setDescription("about " + name)
        .setGauge(Gauge.newBuilder().addAllDataPoints(Arrays.asList(points)))
        .build();
  }

  static Metric sum(String name, AggregationTemporality temporality, NumberDataPoint... points) {
    return Metric.newBuilder()
        .setName(name)
        .setUnit("s")
        .setSum(
            Sum.newBuilder()
                .setIsMonotonic(true)
                .setAggregationTemporality(temporality)
                .addAllDataPoints(Arrays.asList(points)))
        .build();
  }

  public static byte[] request(Metric... metrics) {
    return request(List.of(attribute("service.name", "shop")), metrics);
  }

  static byte[] request(List<KeyValue> resource, Metric... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(Resource.newBuilder().addAllAttributes(resource))
                .addScopeMetrics(ScopeMetrics.newBuilder().addAllMetrics(Arrays.asList(metrics))))
        .build()
        .toByteArray();
  }

  static Batch batch(byte[]... values) throws Exception {
    return batchOf("", values);
  }

  static Batch batchOf(String tenant, byte[]... values) throws Exception {
    int bytes = 0;
    int items = 0;
    for (byte[] value : values) {
      bytes += value.length;
      items += OtlpItems.count(Signal.METRICS, value);
    }
    return new Batch(Signal.METRICS, tenant, List.of(values), bytes, items);
  }
}
