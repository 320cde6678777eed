package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processors join and leave, in order or by dying, while the others work. */
@ExtendWith(SharedFleet.class)
class RebalanceStormIT {

  private static final int ROUNDS = Form.of(2, 30);
  private static final int MOST_REQUESTS = 100;

  @Test
  void shouldLoseNothingWhileProcessorsComeAndGo(Fleet fleet) {
    // Given
    Random random = Form.random("rebalance storm");
    try (Load load = Load.start(fleet, random)) {
      for (int round = 0; round < ROUNDS; round++) {
        // When
        Signal signal = fleet.signals().get(random.nextInt(fleet.signals().size()));
        try (Member guest = fleet.processor(signal)) {
          guest.start();
          guest.awaitReady();
          load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
          if (round % 2 == 0) {
            guest.terminate();
          } else {
            guest.kill();
          }
        }
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
      }

      // Then
      load.finish().report("rebalance storm", ROUNDS);
      assertThat(load.answers()).containsExactly(200);
    }
    fleet.assertLedgerCloses();
  }
}
