package io.millrace.shop;

/**
 * What a shop has sent.
 *
 * @param traces traces whose root span was accepted
 * @param spans accepted spans
 * @param logRecords accepted log records
 * @param dataPoints accepted metric data points
 * @param failedExports export requests given up on
 * @param dropped spans and log records that were told and neither accepted nor refused
 */
public record Sent(
    long traces, long spans, long logRecords, long dataPoints, long failedExports, long dropped) {

  /** Nothing was lost on the way. */
  public boolean complete() {
    return failedExports == 0 && dropped == 0;
  }

  /** The line a person reads at the end. */
  public String summary() {
    String sent =
        "sent %d traces, %d spans, %d log records, %d data points; %d exports failed"
            .formatted(traces, spans, logRecords, dataPoints, failedExports);
    return dropped == 0 ? sent : sent + ", %d spans and log records dropped".formatted(dropped);
  }
}
