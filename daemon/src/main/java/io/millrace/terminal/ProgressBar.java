package io.millrace.terminal;

import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Consumer;

/** One line on a terminal that says how far a command has come; nothing elsewhere. */
public final class ProgressBar implements AutoCloseable {

  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = Duration.ofMillis(200).toNanos();
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final boolean live;
  private final Consumer<String> out;
  private final long started = System.nanoTime();
  private long drawn;
  private boolean isDrawn;

  private ProgressBar(boolean live, Consumer<String> out) {
    this.live = live;
    this.out = out;
  }

  /**
   * Draws if the launcher has found a terminal.
   *
   * @param out writes to it at once
   */
  public static ProgressBar onTerminal(Properties properties, Consumer<String> out) {
    return new ProgressBar(Boolean.parseBoolean(properties.getProperty("millrace.terminal")), out);
  }

  /**
   * Draws, unless it has just done so.
   *
   * @param done of {@code all}, in any unit
   * @param text what there is to say of it, such as {@code 12,345 spans}
   */
  public void at(long done, long all, String text) {
    long now = System.nanoTime();
    if (!live || (isDrawn && now - drawn < REDRAW_NANOS)) {
      return;
    }
    drawn = now;
    isDrawn = true;
    out.accept(CLEAR_LINE + line(done, all, text, now - started));
  }

  static String line(long done, long all, String text, long nanos) {
    double part = all == 0 ? 1 : (double) done / all;
    int filled = (int) (part * WIDTH);
    String left =
        part > 0 && part < 1 ? ", %s left".formatted(time(nanos / 1e9 * (1 - part) / part)) : "";
    return String.format(
        Locale.ROOT,
        "[%s%s] %.0f %%, %s%s",
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        part * 100,
        text,
        left);
  }

  private static String time(double seconds) {
    return seconds < 120 ? Math.round(seconds) + " s" : Math.round(seconds / 60) + " min";
  }

  @Override
  public void close() {
    out.accept(isDrawn ? CLEAR_LINE : "");
    isDrawn = false;
  }
}
