package io.millrace.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.ledger.LedgerMeter;
import io.millrace.ledger.TenantItems;
import io.millrace.otlp.Signal;
import io.millrace.topics.TenantLabels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What became of every item of one signal at one destination. The balance holds at any time between
 * two turns of the loop:
 *
 * <pre>consumed = delivered + sampled out + dropped + dead-lettered + rejected + handed back
 *     + in flight
 * </pre>
 *
 * <p>Dropped is what rules of the processing stage keep from being delivered. Rejected is what a
 * backend did not store and says so in a partial success; handed back is what a rebalance or a stop
 * gave to the next owner of the partition without an outcome. Written by the loop's thread, read by
 * any.
 */
public final class Ledger {

  /** Records that retention removed before somebody read them. */
  public static final String EXPIRED_RECORDS = "millrace.expired.records";

  private final Counter consumed;
  private final Counter delivered;
  private final Counter sampledOut;
  private final Counter rejected;
  private final Counter handedBack;
  private final MeterRegistry registry;
  private final Tags tags;
  private final TenantItems tenants;
  private final Map<DeadReason, Counter> deadLettered = new EnumMap<>(DeadReason.class);
  private final Counter deliveredBytes;
  private final Counter retries;
  private final Counter redelivered;
  private final Counter commitFailures;
  private final Counter expiredRecords;
  private final Counter loopRestarts;
  private final AtomicLong inFlightItems = new AtomicLong();
  private final AtomicLong inFlightBytes = new AtomicLong();
  private final AtomicLong reentered = new AtomicLong();

  public Ledger(Signal signal, String destination, MeterRegistry registry) {
    this.registry = registry;
    tags = Tags.of("signal", signal.id(), "destination", destination);
    tenants = new TenantItems("millrace.tenant.items", new TenantLabels(Set.of()), registry, tags);
    consumed = registry.counter(LedgerMeter.CONSUMED.meter(), tags);
    delivered = registry.counter(LedgerMeter.DELIVERED.meter(), tags);
    sampledOut = registry.counter(LedgerMeter.SAMPLED_OUT.meter(), tags);
    rejected = registry.counter(LedgerMeter.REJECTED.meter(), tags);
    handedBack = registry.counter(LedgerMeter.HANDED_BACK.meter(), tags);
    for (DeadReason reason : DeadReason.values()) {
      deadLettered.put(
          reason,
          registry.counter(LedgerMeter.DEAD_LETTERED.meter(), tags.and("reason", reason.id())));
    }
    deliveredBytes = registry.counter("millrace.delivered.bytes", tags);
    retries = registry.counter("millrace.retries", tags);
    redelivered = registry.counter(LedgerMeter.REDELIVERED.meter(), tags);
    commitFailures = registry.counter("millrace.commit.failures", tags);
    expiredRecords = registry.counter(EXPIRED_RECORDS, tags);
    loopRestarts = registry.counter("millrace.loop.restarts", tags);
    Gauge.builder(LedgerMeter.IN_FLIGHT.meter(), inFlightItems, AtomicLong::get)
        .tags(tags)
        .register(registry);
    Gauge.builder(LedgerMeter.REENTERED.meter(), reentered, AtomicLong::get)
        .description("of items consumed and not handed back, those that no gateway has published")
        .tags(tags)
        .register(registry);
    Gauge.builder("millrace.in.flight.bytes", inFlightBytes, AtomicLong::get)
        .tags(tags)
        .register(registry);
  }

  void consumed(Held held, Staged staged) {
    int dropped = staged.dropped().values().stream().mapToInt(Integer::intValue).sum();
    consumed.increment((double) held.items + staged.sampledOut() + dropped);
    sampledOut.increment(staged.sampledOut());
    staged.dropped().forEach(this::dropped);
    tenants.count(held.tenant, LedgerMeter.CONSUMED, held.items + staged.sampledOut() + dropped);
    tenants.count(held.tenant, LedgerMeter.SAMPLED_OUT, staged.sampledOut());
    tenants.count(held.tenant, LedgerMeter.DROPPED, dropped);
    inFlightItems.addAndGet(held.items);
    inFlightBytes.addAndGet(held.bytes());
    if (held.isReentered()) {
      reentered.addAndGet((long) held.items + staged.sampledOut() + dropped);
    }
  }

  private void dropped(String rule, int items) {
    registry.counter(LedgerMeter.DROPPED.meter(), tags.and("rule", rule)).increment(items);
  }

  void delivered(Shipment shipment, Answer.Accepted answer) {
    long items = shipment.items();
    long refused = Math.max(0, Math.min(items, answer.rejectedItems()));
    delivered.increment((double) (items - refused));
    rejected.increment((double) refused);
    deliveredBytes.increment(shipment.bytes());
    String tenant = shipment.parts.get(0).held().tenant;
    tenants.count(tenant, LedgerMeter.DELIVERED, items - refused);
    tenants.count(tenant, LedgerMeter.REJECTED, refused);
  }

  void deadLettered(Part part, DeadReason reason) {
    counter(reason).increment(part.items());
    tenants.count(part.held().tenant, LedgerMeter.DEAD_LETTERED, part.items());
  }

  /** Takes back what of a record has no outcome yet. */
  void handedBack(Held held) {
    handedBack.increment(held.owed());
    tenants.count(held.tenant, LedgerMeter.HANDED_BACK, held.owed());
    inFlightItems.addAndGet(-held.owed());
    inFlightBytes.addAndGet(-held.bytes());
    if (held.isReentered()) {
      reentered.addAndGet(-held.owed());
    }
  }

  /** The same items are sent again; the backend may have stored them. */
  void retried(Shipment shipment) {
    retries.increment();
    if (shipment.dead == null) {
      redelivered.increment(shipment.items());
      tenants.count(shipment.parts.get(0).held().tenant, LedgerMeter.REDELIVERED, shipment.items());
    }
  }

  void commitFailed() {
    commitFailures.increment();
  }

  /** Records that retention removed before they were read: lost, and said so. */
  void expired(long records) {
    expiredRecords.increment((double) records);
  }

  void loopRestarted() {
    loopRestarts.increment();
  }

  /** A part has its outcome; a record holds its memory until its last part has. */
  void settled(Part part) {
    inFlightItems.addAndGet(-part.items());
    if (part.held().isSettled()) {
      inFlightBytes.addAndGet(-part.held().bytes());
    }
  }

  private Counter counter(DeadReason reason) {
    Counter counter = deadLettered.get(reason);
    if (counter == null) {
      throw new AssertionError(reason);
    }
    return counter;
  }
}
