package io.millrace.standalone;

import io.millrace.otlp.Signal;
import io.millrace.standalone.PipelineStats.Totals;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Turns totals into rates: what came between two calls, by the time between them. One thread. */
final class Throughput {

  /**
   * One signal as a person reads it.
   *
   * @param received items a second
   * @param delivered items a second
   * @param now totals at the end of the interval
   */
  record Rates(double received, double delivered, Totals now) {}

  private final PipelineStats stats;
  private final LongSupplier nanoTime;
  private Map<Signal, Totals> last;
  private long lastNanos;

  Throughput(PipelineStats stats, LongSupplier nanoTime) {
    this.stats = stats;
    this.nanoTime = nanoTime;
    this.last = stats.totals();
    this.lastNanos = nanoTime.getAsLong();
  }

  /** The rates since the last call, or since this object was made. */
  Map<Signal, Rates> next() {
    Map<Signal, Totals> totals = stats.totals();
    long nanos = nanoTime.getAsLong();
    double seconds = Math.max(1, nanos - lastNanos) / 1e9;
    Map<Signal, Rates> rates = new TreeMap<>();
    for (Signal signal : Signal.values()) {
      Totals before = last.getOrDefault(signal, Totals.NONE);
      Totals now = totals.getOrDefault(signal, Totals.NONE);
      rates.put(
          signal,
          new Rates(
              (now.received() - before.received()) / seconds,
              (now.delivered() - before.delivered()) / seconds,
              now));
    }
    last = totals;
    lastNanos = nanos;
    return rates;
  }
}
