package io.millrace.standalone;

import io.millrace.metrics.MetricsProcessor;
import io.millrace.processor.Processor;
import io.millrace.replay.Replay;
import io.millrace.terminal.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a replay says of itself. */
final class ReplayReport {

  private ReplayReport() {}

  /** For the line of progress. */
  static String progress(Replay.Counts counts, long nanos) {
    double bytesPerSecond = nanos == 0 ? 0 : counts.bytes() * 1e9 / nanos;
    String rate =
        bytesPerSecond < 1e6
            ? "%.0f kB/s".formatted(bytesPerSecond / 1e3)
            : "%.1f MB/s".formatted(bytesPerSecond / 1e6);
    return String.format(Locale.ROOT, "%,d items, %s", counts.delivered(), rate);
  }

  /** At the end. */
  static List<String> lines(Replay.Counts counts, boolean dryRun) {
    TextTable table = new TextTable("", "items");
    table.row("read", "%,d".formatted(counts.consumed()));
    table.row(dryRun ? "would be delivered" : "delivered", "%,d".formatted(counts.delivered()));
    row(table, "sampled out", counts.sampledOut());
    counts.dropped().forEach((rule, items) -> row(table, "left out by " + rule, items));
    counts.deadLettered().forEach((reason, items) -> row(table, "dead letter, " + reason, items));
    row(table, "not stored, as the backend says", counts.rejected());
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(String.format(Locale.ROOT, "%,d bytes before compression", counts.bytes()));
    if (counts.expiredRecords() > 0) {
      lines.add(
          "%,d records went out of retention before they were read"
              .formatted(counts.expiredRecords()));
    }
    long redriven = counts.dropped().getOrDefault(Processor.REDRIVEN_TO_ANOTHER, 0L);
    if (redriven > 0) {
      lines.add(
          "%,d items are copies that were redriven; they are replayed from where they came first"
              .formatted(redriven));
    }
    long summed = counts.dropped().getOrDefault(MetricsProcessor.DELTA_SUMMED, 0L);
    if (summed > 0) {
      lines.add(
          "%,d delta points are replayed as their sums. From a time before metrics.delta.enabled there are"
                  .formatted(summed)
              + " none: replay it with --set metrics.delta.enabled=false");
    }
    return lines;
  }

  private static void row(TextTable table, String name, long items) {
    if (items > 0) {
      table.row(name, "%,d".formatted(items));
    }
  }
}
