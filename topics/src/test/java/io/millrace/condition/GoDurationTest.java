package io.millrace.condition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "30s, 30000000000",
    "1m30s, 90000000000",
    "30s1m, 90000000000",
    "100ms, 100000000",
    "1.5h, 5400000000000",
    ".5s, 500000000",
    "1.s, 1000000000",
    "0.1ns, 0",
    "1us1µs1μs, 3000",
    "-2ns, -2",
    "+2ns, 2",
    "9223372036854775807ns, 9223372036854775807",
  })
  void shouldReadWhatGoWrites(String text, long nanos) {
    assertThat(GoDuration.nanos(text)).hasValue(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "s", "1 s", "1d", "--1s", "1s ", ".s", "9223372036854775808ns", "1e3s"})
  void shouldRefuseOthers(String text) {
    assertThat(GoDuration.nanos(text)).isEmpty();
  }
}
