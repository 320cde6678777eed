package io.millrace.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests refused, by tenant and reason. Tenants that the configuration names have their
 * own label, and so have the first {@value #MAX_UNNAMED} others that were refused something; who
 * comes after them is {@code <other>}, which is nobody's name. Any thread.
 */
final class TenantMeters {

  static final int MAX_UNNAMED = 100;

  static final String OTHER = "<other>";

  private final MeterRegistry registry;
  private final Set<String> labels = new HashSet<>();
  private final int maxLabels;
  private final Map<Meter, Counter> counters = new ConcurrentHashMap<>();

  TenantMeters(MeterRegistry registry, Set<String> named) {
    this.registry = registry;
    labels.addAll(named);
    maxLabels = named.size() + MAX_UNNAMED;
  }

  /**
   * @param tenant null if there is none; then nothing is counted here
   */
  void refused(@Nullable String tenant, Refusal reason) {
    if (tenant != null) {
      counters.computeIfAbsent(new Meter(label(tenant), reason), this::register).increment();
    }
  }

  private String label(String tenant) {
    synchronized (labels) {
      if (labels.size() < maxLabels) {
        labels.add(tenant);
      }
      return labels.contains(tenant) ? tenant : OTHER;
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
