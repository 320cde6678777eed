package io.millrace.traces;

import static io.millrace.traces.policy.OtelTraceState.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.traces.policy.OtelTraceState;
import io.millrace.traces.policy.SamplingThreshold;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThresholdRuleTest {

  private static final long HALF = 1L << 55;
  private static final long QUARTER_KEPT = 3L << 54;
  private static final long HIGH = 0x1234_56ff_0000_0000L | 0xff_ffff_ffff_ff00L;
  private static final long LOW = 1;

  private static OtelTraceState state(long threshold, long randomness) {
    return new OtelTraceState(threshold, randomness, "p:8", "a=1");
  }

  @Test
  void shouldWriteTheThresholdOfADecisionByTheTracesRandomness() {
    assertThat(ThresholdRule.byTrace(state(NONE, NONE), HIGH, HALF)).isEqualTo(state(HALF, NONE));
    assertThat(ThresholdRule.byTrace(state(NONE, HALF), LOW, HALF)).isEqualTo(state(HALF, HALF));
    assertThat(ThresholdRule.byTrace(state(NONE, NONE), LOW, 0)).isEqualTo(state(0, NONE));
  }

  @Test
  void shouldNeverLowerAThreshold() {
    assertThat(ThresholdRule.byTrace(state(QUARTER_KEPT, NONE), HIGH, HALF))
        .isEqualTo(state(QUARTER_KEPT, NONE));
    assertThat(ThresholdRule.byTrace(state(HALF, NONE), HIGH, QUARTER_KEPT))
        .isEqualTo(state(QUARTER_KEPT, NONE));
  }

  @Test
  void shouldEraseWhatIsNotTrue() {
    // Nobody knows how probable it was
    assertThat(ThresholdRule.byTrace(state(HALF, NONE), HIGH, SamplingThreshold.UNKNOWN))
        .isEqualTo(state(NONE, NONE));
    // It could not have passed the threshold it came with
    assertThat(ThresholdRule.byTrace(state(HALF, NONE), LOW, 0)).isEqualTo(state(NONE, NONE));
    assertThat(ThresholdRule.byTrace(state(HALF, HALF - 1), HIGH, 0))
        .isEqualTo(state(NONE, HALF - 1));
    // By a hash, against the randomness it carries
    assertThat(ThresholdRule.byHash(state(NONE, HALF), HIGH, HALF, QUARTER_KEPT))
        .isEqualTo(state(NONE, HALF));
  }

  @Test
  void shouldWriteTheHashDownAsRandomness() {
    assertThat(ThresholdRule.byHash(state(NONE, NONE), LOW, HALF, QUARTER_KEPT + 5))
        .isEqualTo(state(HALF, QUARTER_KEPT + 5));
  }

  @Test
  void shouldSampleAgainByTheSameHashWithoutLosingAnything() {
    OtelTraceState once = ThresholdRule.byHash(state(NONE, NONE), LOW, HALF, QUARTER_KEPT + 5);
    assertThat(ThresholdRule.byHash(once, LOW, HALF, QUARTER_KEPT + 5)).isEqualTo(once);
  }

  @Test
  void shouldMultiplyTheProbabilitiesOfSamplersThatAreIndependent() {
    // Half of those of whom half was sampled before: a quarter, and still consistent
    OtelTraceState both = ThresholdRule.byHash(state(HALF, NONE), HIGH, HALF, HALF);
    assertThat(both).isEqualTo(state(QUARTER_KEPT, QUARTER_KEPT));
  }

  @Test
  void shouldKeepRandomnessAtOrAboveTheThreshold() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long first = random.nextLong() & (SamplingThreshold.RANGE - 1);
      long second = random.nextLong() & (SamplingThreshold.RANGE - 1);
      long hash = second + (long) ((SamplingThreshold.RANGE - second) * random.nextDouble());
      OtelTraceState after = ThresholdRule.byHash(state(first, NONE), -1, second, hash);
      assertThat(after.threshold()).isBetween(first, after.randomness());
      assertThat(after.randomness()).isLessThan(SamplingThreshold.RANGE);
      double expected =
          (1 - first / (double) SamplingThreshold.RANGE)
              * (1 - second / (double) SamplingThreshold.RANGE);
      assertThat(1 - after.threshold() / (double) SamplingThreshold.RANGE)
          .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-9));
    }
  }
}
