package io.millrace.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.daemon.InvalidConfig;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PeriodTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void shouldReadTimesOfEveryForm() {
    assertThat(Period.parse("-2h", "0s", NOW))
        .isEqualTo(new Period(Instant.parse("2026-11-21T10:00:00Z"), NOW));
    assertThat(Period.parse("2026-11-20T10:00Z", "12:00Z", NOW))
        .isEqualTo(
            new Period(
                Instant.parse("2026-11-20T10:00:00Z"), Instant.parse("2026-11-20T12:00:00Z")));
    assertThat(Period.parse("2026-11-20T10:00:00.5+01:00", "-1d", NOW))
        .isEqualTo(
            new Period(
                Instant.parse("2026-11-20T09:00:00.5Z"), Instant.parse("2026-11-20T12:00:00Z")));
  }

  @Test
  void shouldRefuseWhatIsNoPeriod() {
    assertRefused("tomorrow", "0s", "--from: tomorrow (expected: a time such as -2h or");
    assertRefused("-2h", "later", "--to: later (expected: a time such as -2h or");
    assertRefused("-1h", "-1h", "--from: -1h (expected: a time before --to, -1h)");
  }

  private static void assertRefused(String from, String to, String message) {
    assertThatThrownBy(() -> Period.parse(from, to, NOW))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageStartingWith(message);
  }
}
