package io.millrace.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.topics.TenantLabels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts items by tenant and by what became of them, in one meter with the label {@code outcome}.
 * Items without a tenant are not counted here. Any thread.
 */
public final class TenantItems {

  private final String meter;
  private final TenantLabels labels;
  private final MeterRegistry registry;
  private final Tags tags;
  private final Map<Key, Counter> counters = new ConcurrentHashMap<>();

  private record Key(String tenant, LedgerMeter outcome) {}

  public TenantItems(String meter, TenantLabels labels, MeterRegistry registry, Tags tags) {
    this.meter = meter;
    this.labels = labels;
    this.registry = registry;
    this.tags = tags;
  }

  public void count(String tenant, LedgerMeter outcome, long items) {
    if (items > 0 && !tenant.isEmpty()) {
      counters
          .computeIfAbsent(new Key(labels.label(tenant), outcome), this::register)
          .increment((double) items);
    }
  }

  private Counter register(Key key) {
    return Counter.builder(meter)
        .description("Items of a tenant, by what became of them")
        .tags(tags)
        .tag("tenant", key.tenant())
        .tag("outcome", key.outcome().id())
        .register(registry);
  }
}
