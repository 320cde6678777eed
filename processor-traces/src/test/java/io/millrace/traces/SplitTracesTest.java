package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitTracesTest {

  private final SplitTraces traces = new SplitTraces();

  @Test
  void shouldTellOnceOfATraceOnTwoPartitions() {
    assertThat(traces.isSplit(1, 2, 0)).isFalse();
    assertThat(traces.isSplit(1, 2, 0)).isFalse();

    assertThat(traces.isSplit(1, 2, 7)).isTrue();

    assertThat(traces.isSplit(1, 2, 0)).isFalse();
    assertThat(traces.isSplit(1, 2, 7)).isFalse();
  }

  @Test
  void shouldTellTracesApart() {
    assertThat(traces.isSplit(1, 2, 0)).isFalse();

    assertThat(traces.isSplit(1, 3, 1)).isFalse();
    assertThat(traces.isSplit(2, 2, 1)).isFalse();
    assertThat(traces.isSplit(2, 1, 1)).isFalse();
  }

  /** Of many more traces than it remembers, each on one partition, it tells of none. */
  @Test
  void shouldTellOfNoTraceThatIsWhole() {
    Random random = new Random(7);
    for (int i = 0; i < 1_000_000; i++) {
      long id = random.nextInt(300_000);
      assertThat(traces.isSplit(id * 31, ~id, (int) (id % 12))).isFalse();
    }
  }
}
