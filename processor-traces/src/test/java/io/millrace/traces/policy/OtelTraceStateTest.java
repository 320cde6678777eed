package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtelTraceStateTest {

  private static OtelTraceState read(String text) {
    byte[] bytes = ("x" + text).getBytes(UTF_8);
    return OtelTraceState.read(bytes, 1, bytes.length);
  }

  @Test
  void shouldBeEmptyWithoutATracestate() {
    assertThat(read("")).isEqualTo(OtelTraceState.EMPTY);
  }

  @Test
  void shouldReadThresholdAndRandomnessAndKeepTheRest() {
    assertThat(read("a=1, ot=p:8;th:e66;rv:6e6d1a75832a2f;r:62 ,b@c=2"))
        .isEqualTo(
            new OtelTraceState(0xe66_0000_0000_000L, 0x6e6d1a75832a2fL, "p:8;r:62", "a=1,b@c=2"));
  }

  @ParameterizedTest
  @CsvSource({"ot=th:", "ot=th:x", "ot=th:012345678901234", "ot=rv:6e6d", "ot=rv:6e6d1a75832a2x"})
  void shouldTakeWhatMakesNoSenseForNothing(String text) {
    assertThat(read(text)).isEqualTo(OtelTraceState.EMPTY);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "0, \"ot=th:0;p:8,a=1\"",
        "64849745562042368, \"ot=th:e6648;p:8,a=1\"",
        "1, \"ot=th:00000000000001;p:8,a=1\"",
        "-1, \"ot=p:8,a=1\"",
      })
  void shouldWriteThresholdsWithoutTrailingZeros(long threshold, String expected) {
    assertThat(read("a=1,ot=p:8;th:3").with(threshold, OtelTraceState.NONE)).hasValue(expected);
  }

  @Test
  void shouldWriteNothingOfNothing() {
    assertThat(read("ot=th:8").with(OtelTraceState.NONE, OtelTraceState.NONE)).hasValue("");
  }

  @Test
  void shouldNotWriteMoreThanTheSpecificationAllows() {
    String keys = "k:" + "x".repeat(256 - "th:8;".length() - 2);
    assertThat(read("ot=" + keys).with(1L << 55, OtelTraceState.NONE)).isPresent();
    assertThat(read("ot=" + keys + "x").with(1L << 55, OtelTraceState.NONE)).isEmpty();

    String members = "a=1" + ",a=1".repeat(30);
    assertThat(read(members).with(0, OtelTraceState.NONE)).isPresent();
    assertThat(read(members + ",a=1").with(0, OtelTraceState.NONE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "0.5, 8", "0.1, e666", "0.01, fd70a", "0.001, ffbe76", "0.3333333333, aaaa"})
  void shouldRoundThresholdsDownToAFewDigits(double probability, String expected) {
    assertThat(OtelTraceState.EMPTY.with(SamplingThreshold.of(probability), OtelTraceState.NONE))
        .hasValue("ot=th:" + expected);
  }
}
