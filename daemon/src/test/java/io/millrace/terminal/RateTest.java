package io.millrace.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.daemon.InvalidConfig;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

  @ParameterizedTest
  @CsvSource({
    "20MB/s, 20000000",
    "20MiB/s, 20971520",
    "1.5kB/s, 1500",
    "100B/s, 100",
    "2GB/s, 2000000000"
  })
  void shouldReadRates(String text, long bytes) {
    assertThat(Rate.parse("--rate", text).bytesPerSecond()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"20MB", "fast", "-1MB/s", "0MB/s", "1iB/s"})
  void shouldRefuseWhatIsNoRate(String text) {
    assertThatThrownBy(() -> Rate.parse("--rate", text))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage("--rate: %s (expected: a rate such as 20MB/s or 512KiB/s)", text);
  }

  @Test
  void shouldKeepToTheRateAndSaveNothingUp() {
    AtomicLong now = new AtomicLong(5);
    Pace pace = new Pace(new Rate(1000), now::get);
    assertThat(pace.nanosUntilDue()).isZero();

    pace.gone(500);
    assertThat(pace.nanosUntilDue()).isEqualTo(500_000_000);
    pace.gone(1);
    assertThat(pace.nanosUntilDue()).isEqualTo(501_000_000);

    now.addAndGet(10_000_000_000L);
    pace.gone(1000);
    assertThat(pace.nanosUntilDue()).isEqualTo(1_000_000_000);
  }

  @Test
  void shouldNotWaitWithoutARate() {
    Pace pace = new Pace(Rate.parse("--rate", ""), () -> 0);
    pace.gone(1L << 40);
    assertThat(pace.nanosUntilDue()).isZero();
  }
}
