package io.millrace.standalone;

import io.millrace.otlp.Signal;
import io.millrace.standalone.PipelineStats.Totals;
import io.millrace.standalone.Throughput.Rates;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A table on a terminal, drawn over itself each time: a row per signal, then one line for the last
 * warning. Lines are cut to the terminal's width, since a line that wraps could not be drawn over.
 */
final class LiveBlock implements AutoCloseable {

  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String NO_WRAP = "\u001b[?7l";
  private static final String WRAP = "\u001b[?7h";
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final String ROW = "%-8s%12s%13s%13s%15s%9s";

  private final PrintStream out;
  private final int columns;
  private final Supplier<String> notice;
  private int drawn;

  /**
   * @param columns width of the terminal
   * @param notice what the last line says, empty for nothing
   */
  LiveBlock(PrintStream out, int columns, Supplier<String> notice) {
    this.out = out;
    this.columns = columns;
    this.notice = notice;
  }

  void draw(Map<Signal, Rates> rates) {
    StringBuilder text = new StringBuilder();
    text.append(drawn == 0 ? HIDE_CURSOR + NO_WRAP : "\r\u001b[" + drawn + "A");
    List<String> lines = lines(rates);
    for (String line : lines) {
      text.append(CLEAR_LINE).append(cut(line)).append('\n');
    }
    drawn = lines.size();
    out.print(text);
    out.flush();
  }

  private List<String> lines(Map<Signal, Rates> rates) {
    List<String> lines = new ArrayList<>();
    lines.add(
        ROW.formatted("", "received/s", "delivered/s", "sampled out", "dead-lettered", "lag"));
    rates.forEach((signal, row) -> lines.add(row(signal, row)));
    lines.add(notice.get());
    return lines;
  }

  private static String row(Signal signal, Rates row) {
    Totals now = row.now();
    return ROW.formatted(
        signal.id(),
        rate(row.received()),
        rate(row.delivered()),
        now.sampledOut(),
        now.deadLettered(),
        String.format(Locale.ROOT, "%.1f s", now.lagSeconds()));
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 99.95 ? "%.1f" : "%.0f", perSecond);
  }

  private String cut(String line) {
    return line.substring(0, Math.min(columns, line.length())).stripTrailing();
  }

  /** Leaves the block as it is and gives the cursor back. */
  @Override
  public void close() {
    out.print(drawn == 0 ? "" : WRAP + SHOW_CURSOR);
    out.flush();
  }
}
