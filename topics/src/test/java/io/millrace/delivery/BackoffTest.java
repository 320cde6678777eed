package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

  private final Backoff backoff =
      new Backoff(new RetryConfig(Duration.ofMillis(500), Duration.ofSeconds(30)), new Random(1));

  @ParameterizedTest
  @CsvSource({"1, 500", "2, 1000", "3, 2000", "6, 16000", "7, 30000", "8, 30000", "1000000, 30000"})
  void shouldDoubleUpToTheMaximumWithJitterOfHalf(int failures, long fullMillis) {
    for (int i = 0; i < 1000; i++) {
      long nanos = backoff.nanos(failures, Duration.ZERO);
      assertThat(nanos).isBetween(fullMillis * 500_000, fullMillis * 1_000_000);
    }
  }

  @Test
  void shouldHonourWhatTheBackendAsksFor() {
    assertThat(backoff.nanos(1, Duration.ofSeconds(60))).isEqualTo(60_000_000_000L);
  }

  @Test
  void shouldEndEvenAnAbsurdPause() {
    assertThat(backoff.nanos(1, Duration.ofDays(365))).isEqualTo(Backoff.LONGEST_ASKED.toNanos());
  }

  @Test
  void shouldNotOverflowWithAnyInitialWait() {
    Backoff slow =
        new Backoff(new RetryConfig(Duration.ofDays(30), Duration.ofDays(300)), new Random(1));
    for (int failures = 1; failures < 100; failures++) {
      assertThat(slow.nanos(failures, Duration.ZERO))
          .isBetween(Duration.ofDays(15).toNanos(), Duration.ofDays(300).toNanos());
    }
  }
}
