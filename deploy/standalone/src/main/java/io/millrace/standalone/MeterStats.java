package io.millrace.standalone;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.ledger.LedgerMeter;
import io.millrace.otlp.Signal;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/**
 * The totals as gateway and processors count them for {@code /metrics}, so that a person and a
 * scraper never read two truths. With several destinations of a signal their items add up, and the
 * lag is that of the slowest.
 */
final class MeterStats implements PipelineStats {

  private final MeterRegistry registry;

  MeterStats(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Map<Signal, Totals> totals() {
    Map<Signal, Totals> totals = new EnumMap<>(Signal.class);
    for (Signal signal : Signal.values()) {
      totals.put(signal, totals(signal));
    }
    return totals;
  }

  private Totals totals(Signal signal) {
    return new Totals(
        counted(LedgerMeter.PUBLISHED.meter(), signal),
        counted(LedgerMeter.DELIVERED.meter(), signal),
        counted(LedgerMeter.SAMPLED_OUT.meter(), signal),
        counted(LedgerMeter.DEAD_LETTERED.meter(), signal),
        Math.round(
            gauges(LedgerMeter.IN_FLIGHT.meter(), signal).stream().mapToDouble(Gauge::value).sum()),
        gauges("millrace.lag", signal).stream().mapToDouble(Gauge::value).max().orElse(0));
  }

  private long counted(String meter, Signal signal) {
    Collection<Counter> counters = registry.find(meter).tag("signal", signal.id()).counters();
    return Math.round(counters.stream().mapToDouble(Counter::count).sum());
  }

  private Collection<Gauge> gauges(String meter, Signal signal) {
    return registry.find(meter).tag("signal", signal.id()).gauges();
  }
}
