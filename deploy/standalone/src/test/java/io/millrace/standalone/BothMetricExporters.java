package io.millrace.standalone;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.util.Collection;
import java.util.List;

/** Gives two exporters the same collection, which two readers of one SDK would not see. */
record BothMetricExporters(MetricExporter first, MetricExporter second) implements MetricExporter {

  @Override
  public AggregationTemporality getAggregationTemporality(InstrumentType type) {
    return first.getAggregationTemporality(type);
  }

  @Override
  public CompletableResultCode export(Collection<MetricData> metrics) {
    return CompletableResultCode.ofAll(List.of(first.export(metrics), second.export(metrics)));
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofAll(List.of(first.flush(), second.flush()));
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofAll(List.of(first.shutdown(), second.shutdown()));
  }
}
