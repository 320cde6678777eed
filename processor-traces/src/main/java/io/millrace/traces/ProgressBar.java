package io.millrace.traces;

import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Consumer;

/** One line on a terminal that says how far the reading has come; nothing elsewhere. */
final class ProgressBar implements WhatIf.Progress, AutoCloseable {

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
  static ProgressBar onTerminal(Properties properties, Consumer<String> out) {
    return new ProgressBar(Boolean.parseBoolean(properties.getProperty("millrace.terminal")), out);
  }

  @Override
  public void at(long done, long all, long spans) {
    long now = System.nanoTime();
    if (!live || (isDrawn && now - drawn < REDRAW_NANOS)) {
      return;
    }
    drawn = now;
    isDrawn = true;
    out.accept(CLEAR_LINE + line(done, all, spans, now - started));
  }

  static String line(long done, long all, long spans, long nanos) {
    double part = all == 0 ? 1 : (double) done / all;
    int filled = (int) (part * WIDTH);
    String left =
        part > 0 && part < 1 ? ", %.0f s left".formatted(nanos / 1e9 * (1 - part) / part) : "";
    return String.format(
        Locale.ROOT,
        "[%s%s] %.0f %%, %,d spans%s",
        "#".repeat(filled),
        " ".repeat(WIDTH - filled),
        part * 100,
        spans,
        left);
  }

  @Override
  public void close() {
    out.accept(isDrawn ? CLEAR_LINE : "");
  }
}
