package io.millrace.shop;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.util.Collection;

/** Counts log records once the backend has answered. */
final class CountingLogRecordExporter implements LogRecordExporter {

  private final LogRecordExporter exporter;
  private final Tally tally;

  CountingLogRecordExporter(LogRecordExporter exporter, Tally tally) {
    this.exporter = exporter;
    this.tally = tally;
  }

  @Override
  public CompletableResultCode export(Collection<LogRecordData> logs) {
    int count = logs.size();
    CompletableResultCode result = exporter.export(logs);
    return result.whenComplete(() -> count(result.isSuccess(), count));
  }

  private void count(boolean success, int logRecords) {
    if (success) {
      tally.logRecords.add(logRecords);
    } else {
      tally.logRecordsFailed.add(logRecords);
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
