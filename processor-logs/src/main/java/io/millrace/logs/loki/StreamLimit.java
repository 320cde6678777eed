package io.millrace.logs.loki;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the number of a tenant's streams within a bound. A new stream beyond it loses the label
 * that has the most values: its lines carry that value as structured metadata instead, so nothing
 * is lost and Loki's index does not explode. A tenth of the bound is kept for such streams. Loop
 * thread only.
 */
final class StreamLimit {

  private static final Logger log = LoggerFactory.getLogger(StreamLimit.class);

  /** What has had no line for so long counts no more; Loki lets go of idle streams sooner. */
  private static final Duration IDLE = Duration.ofHours(1);

  private final String destination;
  private final List<String> names;
  private final int max;
  private final Clock clock;
  private final Counter overflows;
  private final AtomicInteger streams = new AtomicInteger();
  private final Map<String, Tenant> tenants = new HashMap<>();
  private long sweptAtMillis;

  private static final class Tenant {

    /** Label values, and when they were last seen; the longest idle first. */
    private final LinkedHashMap<List<@Nullable String>, Long> known =
        new LinkedHashMap<>(16, 0.75f, true);

    private boolean warned;
  }

  StreamLimit(
      String destination, List<String> names, int max, Clock clock, MeterRegistry registry) {
    this.destination = destination;
    this.names = names;
    this.max = max;
    this.clock = clock;
    Tags tags = Tags.of("signal", "logs", "destination", destination);
    this.overflows = registry.counter("millrace.loki.stream.overflow.items", tags);
    Gauge.builder("millrace.loki.streams", streams, AtomicInteger::get)
        .tags(tags)
        .register(registry);
  }

  /**
   * The values of the labels that a line of the tenant may have: all of them, or fewer.
   *
   * @param values by label; null where there is none
   */
  List<@Nullable String> admit(String tenantName, List<@Nullable String> values) {
    long now = clock.millis();
    sweep(now);
    Tenant tenant = tenants.computeIfAbsent(tenantName, any -> new Tenant());
    if (tenant.known.containsKey(values) || tenant.known.size() < max - max / 10) {
      return seen(tenant, values, now);
    }
    warn(tenantName, tenant);
    return seen(tenant, reduced(tenant, values), now);
  }

  private List<@Nullable String> reduced(Tenant tenant, List<@Nullable String> values) {
    List<@Nullable String> left = new ArrayList<>(values);
    for (int label : byValues(tenant)) {
      left.set(label, null);
      if (tenant.known.containsKey(left) || tenant.known.size() < max) {
        return Collections.unmodifiableList(left);
      }
    }
    return Collections.unmodifiableList(left);
  }

  /** A line that had to do with fewer labels. */
  void overflowed() {
    overflows.increment();
  }

  private List<@Nullable String> seen(Tenant tenant, List<@Nullable String> values, long now) {
    if (tenant.known.put(values, now) == null) {
      streams.incrementAndGet();
    }
    return values;
  }

  private void warn(String tenantName, Tenant tenant) {
    if (tenant.warned) {
      return;
    }
    tenant.warned = true;
    int worst = byValues(tenant).get(0);
    log.warn(
        "loki-streams: {}: tenant {} has {} streams (expected: up to max-streams, {}): label {} has"
            + " the most values, {}; lines of more streams carry it as structured metadata",
        destination,
        tenantName.isEmpty() ? "(none)" : tenantName,
        tenant.known.size(),
        max,
        names.get(worst),
        distinct(tenant, worst));
  }

  /** Labels, the one with the most values first. */
  private List<Integer> byValues(Tenant tenant) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (int label = 0; label < names.size(); label++) {
      counts.put(label, distinct(tenant, label));
    }
    List<Integer> labels = new ArrayList<>(counts.keySet());
    labels.sort((a, b) -> Integer.compare(counts.getOrDefault(b, 0), counts.getOrDefault(a, 0)));
    return labels;
  }

  private static int distinct(Tenant tenant, int label) {
    Set<String> values = new HashSet<>();
    for (List<@Nullable String> stream : tenant.known.keySet()) {
      String value = stream.get(label);
      if (value != null) {
        values.add(value);
      }
    }
    return values.size();
  }

  private void sweep(long now) {
    if (now - sweptAtMillis < IDLE.toMillis() / 60) {
      return;
    }
    sweptAtMillis = now;
    for (Tenant tenant : tenants.values()) {
      Iterator<Long> eldest = tenant.known.values().iterator();
      while (eldest.hasNext() && now - eldest.next() > IDLE.toMillis()) {
        eldest.remove();
        streams.decrementAndGet();
      }
      tenant.warned &= tenant.known.size() >= max - max / 10;
    }
    tenants.values().removeIf(tenant -> tenant.known.isEmpty());
  }
}
