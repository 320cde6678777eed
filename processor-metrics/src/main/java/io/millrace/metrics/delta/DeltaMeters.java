package io.millrace.metrics.delta;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.delivery.Ledger;
import io.millrace.otlp.Signal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What became of delta points. They are counted as they are worked on: a transaction that is
 * aborted, as after a crash, is worked on again and counted again.
 */
final class DeltaMeters {

  private static final Logger log = LoggerFactory.getLogger(DeltaMeters.class);

  /** More tenants are not remembered, and so named again. */
  private static final int MOST_REFUSED_TENANTS = 1000;

  private final Counter routed;
  private final Counter summed;
  private final Counter overlaps;
  private final Counter expired;
  private final Counter restarts;
  private final Counter expiredRecords;
  private final Map<Drop, Counter> dropped = new EnumMap<>(Drop.class);
  private final Map<Reset, Counter> resets = new EnumMap<>(Reset.class);
  private final AtomicLong series = new AtomicLong();
  private final Set<String> refusedTenants = ConcurrentHashMap.newKeySet();
  private volatile DoubleSupplier lag = () -> 0;

  DeltaMeters(MeterRegistry registry) {
    routed = registry.counter("millrace.delta.routed.items");
    summed = registry.counter("millrace.delta.summed.items");
    overlaps = registry.counter("millrace.delta.overlaps");
    expired = registry.counter("millrace.delta.expired.series");
    restarts = registry.counter("millrace.delta.restarts");
    // Beside those of the destinations, none of which may have this name.
    expiredRecords =
        registry.counter(
            Ledger.EXPIRED_RECORDS, "signal", Signal.METRICS.id(), "destination", "delta");
    for (Drop reason : Drop.values()) {
      dropped.put(reason, registry.counter("millrace.delta.dropped.items", "reason", reason.id()));
    }
    for (Reset reason : Reset.values()) {
      resets.put(reason, registry.counter("millrace.delta.resets", "reason", reason.id()));
    }
    Gauge.builder("millrace.delta.series", series, AtomicLong::get)
        .description("series whose sums this process keeps")
        .strongReference(true)
        .register(registry);
    Gauge.builder("millrace.delta.lag.records", this, meters -> meters.lag.getAsDouble())
        .description("records of the partition furthest behind that are not read yet")
        .strongReference(true)
        .register(registry);
  }

  /** How far behind those are that run now. */
  void lag(DoubleSupplier records) {
    lag = records;
  }

  void routed(int items) {
    routed.increment(items);
  }

  void summed(int items) {
    summed.increment(items);
  }

  void overlapped() {
    overlaps.increment();
  }

  void expired(int count) {
    expired.increment(count);
  }

  /** Removed by retention before they were read. */
  void expiredRecords(long records) {
    expiredRecords.increment((double) records);
  }

  void restarted() {
    restarts.increment();
  }

  void series(long more) {
    series.addAndGet(more);
  }

  void dropped(Drop reason, int items) {
    Counter counter = dropped.get(reason);
    if (counter == null) {
      throw new AssertionError(reason);
    }
    counter.increment(items);
  }

  void reset(Reset reason) {
    Counter counter = resets.get(reason);
    if (counter == null) {
      throw new AssertionError(reason);
    }
    counter.increment();
    if (reason == Reset.BOUNDS_CHANGED && counter.count() == 1) {
      log.warn(
          "delta-bounds-changed: a histogram came with other bounds than before; its buckets cannot"
              + " be added, so its sum starts anew (this is said once, and counted in"
              + " millrace_delta_resets_total)");
    }
  }

  /** A tenant has as many series as it may; said once of each. */
  void refused(String tenant) {
    if (refusedTenants.size() < MOST_REFUSED_TENANTS && refusedTenants.add(tenant)) {
      log.warn(
          "delta-series-limit: tenant \"{}\" has as many series on a partition as"
              + " metrics.delta.max-series allows; delta points of more are dropped",
          tenant);
    }
  }
}
