package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Ten items a second and no burst beyond them. */
class TenantLimitsTest {

  private static final Optional<Duration> SECOND = Optional.of(Duration.ofSeconds(1));

  private long nanos;
  private final TenantLimits limits =
      limits(
          new LimitConfig(0, 10, SECOND.get()),
          Map.of(
              "large", new LimitOverride(Optional.empty(), Optional.of(100L), Optional.empty()),
              "free", new LimitOverride(Optional.empty(), Optional.of(0L), Optional.empty())));

  @Test
  void shouldGiveEachTenantItsOwn() {
    assertThat(limits.of("a").takeItems(10)).isEmpty();
    assertThat(limits.of("a").takeItems(1)).isPresent();
    assertThat(limits.of("a").closed()).isPresent();
    assertThat(limits.of("b").closed()).isEmpty();
    assertThat(limits.of("b").takeItems(10)).isEmpty();
  }

  @Test
  void shouldLimitThoseWithoutATenantTogether() {
    assertThat(limits.of(null).takeItems(10)).isEmpty();
    assertThat(limits.of(null).takeItems(1)).isPresent();
  }

  @Test
  void shouldOverrideByName() {
    assertThat(limits.of("large").takeItems(100)).isEmpty();
    assertThat(limits.of("large").takeItems(1)).isPresent();
    for (int i = 0; i < 100; i++) {
      assertThat(limits.of("free").takeItems(1 << 20)).isEmpty();
    }
  }

  @Test
  void shouldLimitNobodyByDefault() {
    TenantLimits none = limits(LimitConfig.NONE, Map.of());
    assertThat(none.of("a").takeBytes(1 << 28)).isEmpty();
    assertThat(none.of("a").takeItems(1 << 28)).isEmpty();
    assertThat(none.of("a").closed()).isEmpty();
  }

  @Test
  void shouldSayWhenThereIsRoomInWholeSeconds() {
    limits.of("a").takeItems(10);
    nanos += 1;
    assertThat(limits.of("a").takeItems(10).orElseThrow().delay()).isEqualTo(SECOND);
    nanos += Duration.ofSeconds(1).toNanos() - 2;
    assertThat(limits.of("a").closed().orElseThrow().delay()).isEqualTo(SECOND);
    nanos += 1;
    assertThat(limits.of("a").closed()).isEmpty();
  }

  @Test
  void shouldForgetOnlyThoseThatAreFullAgain() {
    // Given
    spendOfEach("a-");

    // When: one more than are remembered
    limits.of("new").takeItems(10);

    // Then: no burst of its own, nor for the next
    assertThat(limits.of("new-too").takeItems(1)).isPresent();
    assertThat(limits.of("a-0").takeItems(10)).isPresent();

    // And: names that have been silent for a burst make room
    nanos += Duration.ofSeconds(1).toNanos();
    assertThat(limits.of("new").takeItems(10)).isEmpty();
    assertThat(limits.of("new-too").takeItems(10)).isEmpty();
  }

  @Test
  void shouldKeepNamedTenantsApartFromACrowd() {
    spendOfEach("a-");
    limits.of("in the crowd").takeItems(10);
    assertThat(limits.of("large").takeItems(100)).isEmpty();
    assertThat(limits.of(null).takeItems(10)).isEmpty();
  }

  private void spendOfEach(String prefix) {
    for (int i = 0; i < TenantLimits.MAX_UNNAMED; i++) {
      assertThat(limits.of(prefix + i).takeItems(10)).isEmpty();
    }
  }

  private TenantLimits limits(LimitConfig limits, Map<String, LimitOverride> overrides) {
    return new TenantLimits(
        new TenantsConfig(Optional.empty(), List.of(), limits, overrides), () -> nanos);
  }
}
