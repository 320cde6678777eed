package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTest {

  @Test
  void shouldGiveNewRowsThatAreZero() {
    Window window = new Window(2);
    int row = window.add(1, 2);
    window.words(row)[window.summary(row)] = 7;
    window.words(row)[window.summary(row) + 1] = 8;
    window.state(row, 9);
    window.remove(row);

    int again = window.add(3, 4);

    assertThat(again).isEqualTo(row);
    assertThat(window.words(again)[window.summary(again)]).isZero();
    assertThat(window.words(again)[window.summary(again) + 1]).isZero();
    assertThat(window.state(again)).isZero();
    assertThat(window.lastOffset(again)).isZero();
    assertThat(window.find(1, 2)).isEqualTo(Window.NONE);
  }

  @Test
  void shouldFindTheTraceOfAllZeros() {
    Window window = new Window(0);
    assertThat(window.find(0, 0)).isEqualTo(Window.NONE);
    int row = window.add(0, 0);
    assertThat(window.find(0, 0)).isEqualTo(row);
  }

  @Test
  void shouldTellItsGrowthBeforeItGrows() {
    Window window = new Window(3);
    for (int i = 0; i < 50_000; i++) {
      long expected = window.bytes() + window.growthOfNextAdd();
      window.add(i, i);
      assertThat(window.bytes()).isEqualTo(expected);
    }
  }

  /** A LinkedHashMap in order of access is the oracle. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldAgreeWithAMapUnderRandomUse(long seed) {
    Random random = new Random(seed);
    Window window = new Window(1);
    Map<Long, Long> oracle = new LinkedHashMap<>(16, 0.75f, true);
    for (int step = 0; step < 200_000; step++) {
      long low = random.nextInt(20_000);
      long high = low % 3; // poor ids collide on purpose
      int row = window.find(high, low);
      assertThat(row != Window.NONE).isEqualTo(oracle.containsKey(low));
      if (row == Window.NONE) {
        row = window.add(high, low);
        window.words(row)[window.summary(row)] = step;
        window.touch(row, step, step);
        oracle.put(low, (long) step);
      } else if (random.nextInt(3) == 0) {
        window.remove(row);
        oracle.remove(low);
      } else {
        assertThat(window.words(row)[window.summary(row)]).isEqualTo(oracle.get(low));
        window.touch(row, step, step);
      }
      assertThat(window.size()).isEqualTo(oracle.size());
      if (!oracle.isEmpty()) {
        assertThat(window.idLow(window.oldest())).isEqualTo(oracle.keySet().iterator().next());
      }
    }
    List<Long> order = new ArrayList<>(oracle.keySet());
    for (long expected : order) {
      assertThat(window.idLow(window.oldest())).isEqualTo(expected);
      window.remove(window.oldest());
    }
    assertThat(window.size()).isZero();
    assertThat(window.oldest()).isEqualTo(Window.NONE);
  }
}
