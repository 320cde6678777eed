package io.millrace.metrics.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code kill -9} in the middle of summing, again and again, of one of two processes, of the other,
 * of both: in the end each sum is that of the deltas, exactly, and so was each before it. {@code
 * -Dmillrace.kill.rounds} says how often, {@code -Dmillrace.kill.seed} when.
 */
@Tag(Broker.ANY)
@Timeout(900)
class DeltaKillIT {

  private static final Logger log = LoggerFactory.getLogger(DeltaKillIT.class);

  private static final int ROUNDS = Integer.getInteger("millrace.kill.rounds", 3);
  private static final long SEED = Long.getLong("millrace.kill.seed", 20261121L);
  private static final Duration LONG = Duration.ofMinutes(3);
  @TempDir private Path folder;
  private final Random random = new Random(SEED);

  @Test
  void shouldCountEveryDeltaOnceThroughKills() throws Exception {
    // Given
    try (Broker broker = Broker.forTests(folder.resolve("kafka"));
        DeltaFleet fleet = new DeltaFleet(folder, broker.bootstrapServers());
        DeltaSender sender =
            new DeltaSender(fleet.kafka(), fleet.topic(), DeltaFleet.PARTITIONS, SEED);
        SumReader sums = new SumReader(fleet.kafka(), fleet.topic(), DeltaFleet.PARTITIONS)) {
      // When
      for (int round = 1; round <= ROUNDS; round++) {
        int before = sums.read();
        int enough = before + 1 + random.nextInt(400);
        fleet.startAll();
        await("sums of round " + round)
            .atMost(LONG)
            .pollInterval(Duration.ofMillis(1))
            .failFast(fleet::assertAlive)
            .until(
                () -> {
                  sender.send();
                  return sums.read() >= enough;
                });
        int which = round % 3;
        if (which != 1) {
          fleet.kill(0);
        }
        if (which != 0) {
          fleet.kill(1);
        }
        log.info(
            "round {}: killed {}, {} sums so far",
            round,
            List.of("a", "b", "both").get(which),
            sums.read());
      }
      // Then
      sender.close();
      fleet.startAll();
      await("the last sums")
          .atMost(LONG)
          .failFast(fleet::assertAlive)
          .until(
              () -> {
                sums.read();
                return sums.hasReached(sender.totals());
              });
      assertThat(sums.last()).isEqualTo(sender.totals());
      assertThat(sums.wrong(sender)).as("sums that were never true").isEmpty();
      log.info(
          "{} series, {} deltas, {} sums", sender.totals().size(), sender.deltas(), sums.read());
    }
  }
}
