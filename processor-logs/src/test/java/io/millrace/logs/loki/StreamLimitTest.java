package io.millrace.logs.loki;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamLimitTest {

  private static final List<String> NAMES = List.of("app", "pod", "level");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  private final StreamLimit limit = new StreamLimit("loki", NAMES, 20, clock, registry);

  @Test
  void shouldTakeTheLabelWithTheMostValuesFromStreamsBeyondTheLimit() {
    // Given as many streams as there may be of whole ones
    for (int pod = 0; pod < 18; pod++) {
      assertThat(admit("acme", "cart", "pod-" + pod, "info"))
          .containsExactly("cart", "pod-" + pod, "info");
    }
    // Then new ones lose the label that explodes, those known stay
    assertThat(admit("acme", "cart", "pod-18", "info")).containsExactly("cart", null, "info");
    assertThat(admit("acme", "cart", "pod-99", "info")).containsExactly("cart", null, "info");
    assertThat(admit("acme", "cart", "pod-7", "info")).containsExactly("cart", "pod-7", "info");
    assertThat(admit("other", "cart", "pod-18", "info")).containsExactly("cart", "pod-18", "info");
  }

  @Test
  void shouldNeverHaveMoreStreamsThanTheLimitAndOneWithoutLabels() {
    Set<List<@Nullable String>> streams = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      streams.add(admit("acme", "app-" + i % 50, "pod-" + i, "level-" + i % 30));
    }
    assertThat(streams).hasSize(21);
    assertThat(registry.get("millrace.loki.streams").gauge().value()).isEqualTo(21);
  }

  @Test
  void shouldForgetStreamsThatHaveBeenIdleForAnHour() {
    for (int pod = 0; pod < 18; pod++) {
      admit("acme", "cart", "pod-" + pod, "info");
    }
    now = now.plus(Duration.ofMinutes(50));
    admit("acme", "cart", "pod-3", "info");
    now = now.plus(Duration.ofMinutes(11));
    assertThat(admit("acme", "cart", "pod-18", "info")).containsExactly("cart", "pod-18", "info");
    assertThat(registry.get("millrace.loki.streams").gauge().value()).isEqualTo(2);
  }

  private List<@Nullable String> admit(String tenant, String... values) {
    return limit.admit(tenant, new ArrayList<>(Arrays.asList(values)));
  }
}
