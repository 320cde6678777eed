package io.millrace.metrics.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rolling restart under load: no sum is wrong. How long a series had none is reported, not
 * judged: it is what a JVM takes to stop and to start on this machine.
 */
@Timeout(600)
@Tag(Broker.ANY)
class DeltaRestartIT {

  private static final Duration LONG = Duration.ofMinutes(3);
  private static final long SEED = 20261122L;

  @TempDir private Path folder;

  @Test
  void shouldGoOnWithEverySumThroughARollingRestart(TestReporter report) throws Exception {
    // Given
    try (Broker broker = Broker.forTests(folder.resolve("kafka"));
        DeltaFleet fleet = new DeltaFleet(folder, broker.bootstrapServers());
        DeltaSender sender =
            new DeltaSender(fleet.kafka(), fleet.topic(), DeltaFleet.PARTITIONS, SEED);
        SumReader sums = new SumReader(fleet.kafka(), fleet.topic(), DeltaFleet.PARTITIONS)) {
      fleet.startAll();
      sendUntilSummed(sender, sums, CompletableFuture.completedFuture(null));
      fleet.assertAlive();
      report(report, "before", sums);
      // When
      for (int i = 0; i < DeltaFleet.SIZE; i++) {
        int which = i;
        CompletableFuture<Void> restarted = CompletableFuture.runAsync(() -> restart(fleet, which));
        sendUntilSummed(sender, sums, restarted);
        fleet.assertAlive();
        report(report, "while process %d was restarted".formatted(i), sums);
      }
      // Then
      assertThat(sums.last()).isEqualTo(sender.totals());
      assertThat(sums.wrong(sender)).as("sums that were never true").isEmpty();
    }
  }

  private static void report(TestReporter report, String when, SumReader sums) {
    report.publishEntry("longest pause of a series " + when, sums.takeLongestPauseMillis() + " ms");
  }

  /** Sends while something goes on, and then waits for the sum of what each series was sent. */
  private static void sendUntilSummed(
      DeltaSender sender, SumReader sums, CompletableFuture<Void> somethingElse) {
    await("the end of a restart")
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              sender.send();
              sums.read();
              return somethingElse.isDone();
            });
    somethingElse.join();
    Map<String, Totals> then = Map.copyOf(sender.totals());
    await("sums of all that was sent until then")
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              sender.send();
              sums.read();
              return sums.hasReached(then);
            });
    await("the last sums")
        .atMost(LONG)
        .until(
            () -> {
              sums.read();
              return sums.hasReached(sender.totals());
            });
  }

  private static void restart(DeltaFleet fleet, int which) {
    try {
      fleet.restart(which);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
