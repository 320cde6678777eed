package io.millrace.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.topics.TenantLabels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests refused, by tenant and reason. Tenants that the configuration names have their
 * own label, and so have some others. Any thread.
 */
final class TenantMeters {

  private final MeterRegistry registry;
  private final TenantLabels labels;
  private final Map<Meter, Counter> counters = new ConcurrentHashMap<>();

  TenantMeters(MeterRegistry registry, TenantLabels labels) {
    this.registry = registry;
    this.labels = labels;
  }

  /**
   * @param tenant null if there is none; then nothing is counted here
   */
  void refused(@Nullable String tenant, Refusal reason) {
    if (tenant != null) {
      counters.computeIfAbsent(new Meter(labels.label(tenant), reason), this::register).increment();
    }
  }

  private Counter register(Meter meter) {
    return Counter.builder("millrace.gateway.tenant.refused.requests")
        .description("Requests refused to a tenant")
        .tags("tenant", meter.tenant(), "reason", meter.reason().id())
        .register(registry);
  }

  private record Meter(String tenant, Refusal reason) {}
}
