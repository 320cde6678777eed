package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "10s, PT10S, 10s",
    "200ms, PT0.2S, 200ms",
    "5m, PT5M, 5m",
    "24h, PT24H, 1d",
    "7d, PT168H, 7d",
    "1h30m, PT1H30M, 1h30m",
    "90m, PT1H30M, 1h30m",
    "1m1ms, PT1M0.001S, 1m1ms",
    "1500us, PT0.0015S, 1ms500us",
    "1ns, PT0.000000001S, 1ns",
    "1d2h3m4s5ms6us7ns, PT26H3M4.005006007S, 1d2h3m4s5ms6us7ns",
    "-1m30s, PT-1M-30S, -1m30s",
    "0, PT0S, 0s",
    "0s, PT0S, 0s",
    "PT2H, PT2H, 2h",
    "P7D, PT168H, 7d",
    "pt0.5s, PT0.5S, 500ms",
  })
  void shouldReadAndFormat(String text, Duration expected, String shortForm) {
    assertThat(Durations.parse(text)).contains(expected);
    assertThat(Durations.format(expected)).isEqualTo(shortForm);
    assertThat(Durations.parse(shortForm)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "10",
        "s",
        "10 s",
        "1.5s",
        "10S",
        "30m1h",
        "1s1s",
        "1w",
        "1min",
        "P",
        "PT",
        "10s ",
        "99999999999999999999s",
        "9223372036854775807d",
        "+1s"
      })
  void shouldRefuseWhatIsNoDuration(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }
}
