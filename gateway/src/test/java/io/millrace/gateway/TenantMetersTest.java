package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.topics.TenantLabels;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TenantMetersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TenantMeters meters = new TenantMeters(registry, new TenantLabels(Set.of("named")));

  @Test
  void shouldBoundItsLabels() {
    // When: each of twice as many as have a label is refused something, twice
    for (int i = 0; i < 2 * TenantLabels.MAX_UNNAMED; i++) {
      meters.refused("t" + i, Refusal.OVER_TENANT_LIMIT);
      meters.refused("t" + i, Refusal.OVER_TENANT_LIMIT);
    }
    meters.refused("named", Refusal.OVER_TENANT_LIMIT);

    // Then
    assertThat(registry.getMeters()).hasSize(TenantLabels.MAX_UNNAMED + 2);
    assertThat(refused("t0")).isEqualTo(2);
    assertThat(refused("named")).isEqualTo(1);
    assertThat(refused(TenantLabels.OTHER)).isEqualTo(2 * TenantLabels.MAX_UNNAMED);
    assertThat(Tenant.isValid(TenantLabels.OTHER)).isFalse();
  }

  @Test
  void shouldCountNobodyWithoutATenant() {
    meters.refused(null, Refusal.MALFORMED);
    assertThat(registry.getMeters()).isEmpty();
  }

  private double refused(String tenant) {
    return registry
        .get("millrace.gateway.tenant.refused.requests")
        .tags("tenant", tenant, "reason", "over_tenant_limit")
        .counter()
        .count();
  }
}
