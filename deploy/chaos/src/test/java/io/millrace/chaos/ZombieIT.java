package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A processor that stands still for longer than its session lasts, and then goes on where it stood:
 * others own its partitions by then.
 */
@ExtendWith(SharedFleet.class)
class ZombieIT {

  private static final int ROUNDS = Form.of(1, 10);
  private static final int MOST_REQUESTS = 100;

  @Test
  void shouldNotCommitOverTheNewOwner(Fleet fleet) {
    // Given
    Random random = Form.random("zombie");
    try (Load load = Load.start(fleet, random)) {
      for (int round = 0; round < ROUNDS; round++) {
        Signal signal = fleet.signals().get(random.nextInt(fleet.signals().size()));
        Member zombie = fleet.processors(signal).get(random.nextInt(2));
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

        // When
        zombie.freeze();
        try {
          fleet.kafka().awaitMembers(signal, 1);
          load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
          load.awaitDelivered(); // by the other
          fleet.awaitCommitted();
        } finally {
          zombie.thaw();
        }

        // Then
        awaitReturnWithoutHarm(fleet, signal);
      }
      load.finish().report("zombie", ROUNDS);
      assertThat(load.answers()).containsExactly(200);
      load.assertLedgerAgrees(false);
    }
  }

  /** Until it is a member again; no committed offset goes back meanwhile. */
  private static void awaitReturnWithoutHarm(Fleet fleet, Signal signal) {
    Map<TopicPartition, Long> before = fleet.kafka().committed(signal);
    await("the zombie joins again")
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              Map<TopicPartition, Long> now = fleet.kafka().committed(signal);
              assertThat(before)
                  .allSatisfy(
                      (id, offset) ->
                          assertThat(now.getOrDefault(id, 0L))
                              .as("committed of %s", id)
                              .isGreaterThanOrEqualTo(offset));
              before.putAll(now);
              return fleet.kafka().members(signal) == 2;
            });
  }
}
