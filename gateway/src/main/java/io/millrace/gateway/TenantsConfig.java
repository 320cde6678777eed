package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may send, and how much.
 *
 * @param defaultTenant of requests that name none, neither in {@code X-Scope-OrgID} nor by their
 *     credential; default none: their records have no tenant
 * @param known if not empty, all others are refused; default empty
 * @param limits of every tenant by itself; default none
 * @param overrides for single tenants, by name; default none
 */
public record TenantsConfig(
    Optional<String> defaultTenant,
    List<String> known,
    LimitConfig limits,
    Map<String, LimitOverride> overrides) {

  public static final TenantsConfig NONE =
      new TenantsConfig(Optional.empty(), List.of(), LimitConfig.NONE, Map.of());

  public TenantsConfig {
    known = List.copyOf(known);
    overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
    for (int i = 0; i < known.size(); i++) {
      requireName("known[" + i + "]", known.get(i));
    }
    if (defaultTenant.isPresent()) {
      requireName("default-tenant", defaultTenant.get());
      requireKnown("default-tenant", defaultTenant.get(), known);
    }
    for (String name : overrides.keySet()) {
      requireName("overrides", name);
      requireKnown("overrides", name, known);
    }
  }

  private static void requireName(String key, String name) {
    if (!Tenant.isValid(name)) {
      throw new InvalidConfig(key, "\"" + name + "\"", Tenant.RULE);
    }
  }

  private static void requireKnown(String key, String name, List<String> known) {
    if (!known.isEmpty() && !known.contains(name)) {
      throw new InvalidConfig(key, name, "a tenant of gateway.tenants.known");
    }
  }

  /** Every tenant that stands here, in any place. */
  Set<String> named() {
    Set<String> names = new LinkedHashSet<>(known);
    defaultTenant.ifPresent(names::add);
    names.addAll(overrides.keySet());
    return names;
  }

  LimitConfig limitsOf(String tenant) {
    LimitOverride override = overrides.get(tenant);
    return override == null ? limits : override.over(limits);
  }
}
