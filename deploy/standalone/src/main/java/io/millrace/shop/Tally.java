package io.millrace.shop;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what was handed to the SDKs and what became of it. Any thread.
 *
 * <p>Once all is flushed, {@code told = sent + failed + dropped}, for spans and for log records. Of
 * data points only the exported ones are known: a reader collects what it exports.
 */
final class Tally {

  final LongAdder spansTold = new LongAdder();
  final LongAdder logRecordsTold = new LongAdder();

  final LongAdder traces = new LongAdder();
  final LongAdder spans = new LongAdder();
  final LongAdder dataPoints = new LongAdder();
  final LongAdder logRecords = new LongAdder();

  final LongAdder spansFailed = new LongAdder();
  final LongAdder logRecordsFailed = new LongAdder();
  final LongAdder exportsFailed = new LongAdder();

  /** Spans and log records that wait in the SDKs' queues or are on their way. */
  long pending() {
    return pendingSpans() + pendingLogRecords();
  }

  private long pendingSpans() {
    return spansTold.sum() - spans.sum() - spansFailed.sum();
  }

  private long pendingLogRecords() {
    return logRecordsTold.sum() - logRecords.sum() - logRecordsFailed.sum();
  }

  /** The counts so far; after a flush, whatever is still pending has been dropped. */
  Sent sent() {
    return new Sent(
        traces.sum(),
        spans.sum(),
        logRecords.sum(),
        dataPoints.sum(),
        exportsFailed.sum(),
        pending());
  }
}
