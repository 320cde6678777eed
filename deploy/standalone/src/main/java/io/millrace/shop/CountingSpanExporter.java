package io.millrace.shop;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** Counts spans, and traces by their root spans, once the backend has answered. */
final class CountingSpanExporter implements SpanExporter {

  private final SpanExporter exporter;
  private final Tally tally;

  CountingSpanExporter(SpanExporter exporter, Tally tally) {
    this.exporter = exporter;
    this.tally = tally;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size();
    long roots = spans.stream().filter(span -> !span.getParentSpanContext().isValid()).count();
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> count(result.isSuccess(), count, roots));
  }

  private void count(boolean success, int spans, long roots) {
    if (success) {
      tally.spans.add(spans);
      tally.traces.add(roots);
    } else {
      tally.spansFailed.add(spans);
      tally.exportsFailed.increment();
    }
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
