package io.millrace.gateway;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The budget of every tenant, in bounded memory. Tenants that the configuration names have theirs
 * for good. Of all others the last {@value #MAX_UNNAMED} are remembered, and one is forgotten only
 * when its budget is full again, so that forgetting gives nothing away. While the oldest is not
 * full, tenants that are new share one budget: who invents names gets at most {@value #MAX_UNNAMED}
 * bursts for them, and slows down nobody but tenants that are neither named nor remembered. A list
 * of known tenants, or credentials, leaves nothing to invent. Any thread.
 */
final class TenantLimits {

  static final int MAX_UNNAMED = 10_000;

  /** No tenant can have this name. */
  private static final String NO_TENANT = "";

  private final LimitConfig limits;
  private final LongSupplier nanoTime;
  private final Map<String, TenantBudget> named = new HashMap<>();
  private final Map<String, TenantBudget> unnamed = new LinkedHashMap<>(16, 0.75f, true);
  private final TenantBudget crowd;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  TenantLimits(TenantsConfig config, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    limits = config.limits();
    crowd = new TenantBudget(limits, nanoTime);
    named.put(NO_TENANT, new TenantBudget(limits, nanoTime));
    config
        .named()
        .forEach(name -> named.put(name, new TenantBudget(config.limitsOf(name), nanoTime)));
  }

  /** For a tenant with a valid name; null if there is none. */
  TenantBudget of(@Nullable String tenant) {
    String name = tenant == null ? NO_TENANT : tenant;
    TenantBudget budget = named.get(name);
    if (budget != null) {
      return budget;
    }
    // Without limits all budgets are alike.
    return limits.isNone() ? crowd : unnamed(name);
  }

  private TenantBudget unnamed(String tenant) {
    synchronized (unnamed) {
      TenantBudget known = unnamed.get(tenant);
      if (known != null) {
        return known;
      }
      if (unnamed.size() == MAX_UNNAMED && !forgetTheOldest()) {
        return crowd;
      }
      TenantBudget fresh = new TenantBudget(limits, nanoTime);
      unnamed.put(tenant, fresh);
      return fresh;
    }
  }

  private boolean forgetTheOldest() {
    var oldest = unnamed.entrySet().iterator();
    if (!oldest.next().getValue().isFull()) {
      return false;
    }
    oldest.remove();
    return true;
  }
}
