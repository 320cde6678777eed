package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The broker's clock, from which the sampler and every lag and replay take their time, is set wrong
 * and set right again: an hour back, a day forward.
 */
class ClockIT {

  /** Keeps every span, but not before it has decided on it. */
  private static final String POLICIES =
      "traces.tail_sampling={decision_wait: 1s, policies: [{name: all, type: always_sample}]}";

  private static final List<Duration> WRONG =
      List.of(Duration.ofHours(-1), Duration.ZERO, Duration.ofDays(1), Duration.ZERO);

  private static final int ROUNDS = Form.of(1, 5);
  private static final int MOST_REQUESTS = 100;

  @Test
  void shouldDecideAndDeliverWhateverTheBrokersClockSays() {
    // Given
    Random random = Form.random("clocks");
    var size =
        new Fleet.Size(
            1,
            1,
            List.of(Signal.TRACES),
            1,
            POLICIES,
            "traces.clock-grace=500ms",
            "traces.annotate.threshold=false");
    try (Fleet fleet = Fleet.start(SharedFleet.folder(), size);
        Load load = Load.start(fleet, random)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (Duration off : WRONG) {
          load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

          // When
          fleet.broker().setClock(off);

          // Then
          load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
          load.awaitDelivered();
        }
      }
      load.finish().report("broker's clock an hour back, a day forward", ROUNDS);
      assertThat(load.answers()).containsExactly(200);
      load.assertLedgerAgrees(true);
    }
  }
}
