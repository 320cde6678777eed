package io.millrace.shop;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.util.Collection;

/** Counts data points once the backend has answered. */
final class CountingMetricExporter implements MetricExporter {

  private final MetricExporter exporter;
  private final Tally tally;

  CountingMetricExporter(MetricExporter exporter, Tally tally) {
    this.exporter = exporter;
    this.tally = tally;
  }

  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    int points = metrics.stream().mapToInt(metric -> metric.getData().getPoints().size()).sum();
    CompletableResultCode result = exporter.export(metrics);
    return result.whenComplete(() -> count(result.isSuccess(), points));
  }

  private void count(boolean success, int points) {
    if (success) {
      tally.dataPoints.add(points);
    } else {
      tally.exportsFailed.increment();
    }
  }

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType type) {
    return exporter.getAggregationTemporality(type);
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
