package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code kill -9} of gateway, processors and broker at once, under load, again and again: what was
 * acknowledged is in the files, whatever had become of it by then.
 *
 * <p>{@code -Dmillrace.kill.rounds} says how often, {@code -Dmillrace.kill.seed} when.
 */
class KillIT {

  private static final Logger log = LoggerFactory.getLogger(KillIT.class);

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int ROUNDS = Integer.getInteger("millrace.kill.rounds", 3);
  private static final long SEED = Long.getLong("millrace.kill.seed", 20261121L);

  /** Acknowledged requests, of all senders, before the next kill. */
  private static final int MOST_REQUESTS_PER_ROUND = 400;

  @TempDir private Path folder;

  private final List<Integer> ports = FreePorts.choose(4);
  private final int adminPort = ports.get(0);
  private final int httpPort = ports.get(1);
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldKeepEveryAcknowledgedItemThroughKills() {
    // Given
    Random random = new Random(SEED);
    List<NumberedSender> senders =
        Stream.of(Signal.values())
            .map(signal -> NumberedSender.start(signal, httpPort, random.nextLong()))
            .toList();

    // When
    for (int round = 1; round <= ROUNDS; round++) {
      try (ChildJvm pipeline = start()) {
        // Every other one before its processors have joined their groups, perhaps.
        if (round % 2 == 1) {
          awaitReady(pipeline);
        }
        awaitRequests(pipeline, senders, 1 + random.nextInt(MOST_REQUESTS_PER_ROUND));
        log.info("round {}: killed after {} requests", round, requests(senders));
        pipeline.kill();
      }
    }
    try (ChildJvm pipeline = start()) {
      awaitReady(pipeline);
      awaitRequests(pipeline, senders, 10);
      senders.forEach(NumberedSender::close);
      assertThat(pipeline.terminate()).as("exit status of the graceful stop").isZero();
      assertThat(pipeline.output()).doesNotContain("NOT_LEADER_OR_FOLLOWER");
      pipeline.assertNoStackTrace();
    } finally {
      senders.forEach(NumberedSender::close);
    }

    // Then
    senders.forEach(this::assertNothingLost);
  }

  private ChildJvm start() {
    return ChildJvm.start(
        folder,
        "io.millrace.standalone.Main",
        List.of(
            "up",
            "--data-dir",
            folder.resolve("data").toString(),
            "--set=admin.port=" + adminPort,
            "--set=gateway.http.port=" + httpPort,
            "--set=gateway.grpc.port=" + ports.get(2),
            "--set=standalone.kafka-port=" + ports.get(3),
            "--set=standalone.catch-up-timeout=1m"));
  }

  private void awaitReady(ChildJvm pipeline) {
    await("ready")
        .atMost(LONG)
        .failFast(() -> assertThat(pipeline.isAlive()).as(pipeline::output).isTrue())
        .until(this::isReady);
  }

  private boolean isReady() throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + adminPort + "/ready");
    try {
      var request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Until so many more requests have been acknowledged, some of each signal among them. */
  private static void awaitRequests(ChildJvm pipeline, List<NumberedSender> senders, int more) {
    int before = requests(senders);
    List<Integer> each = senders.stream().map(NumberedSender::acknowledgedRequests).toList();
    await("%d requests acknowledged".formatted(more))
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(5))
        .failFast(() -> assertThat(pipeline.isAlive()).as(pipeline::output).isTrue())
        .until(
            () -> {
              for (int i = 0; i < each.size(); i++) {
                if (senders.get(i).acknowledgedRequests() == each.get(i)) {
                  return false;
                }
              }
              return requests(senders) >= before + more;
            });
  }

  private static int requests(List<NumberedSender> senders) {
    return senders.stream().mapToInt(NumberedSender::acknowledgedRequests).sum();
  }

  private void assertNothingLost(NumberedSender sender) {
    Signal signal = sender.signal();
    BitSet found = new BitSet();
    List<Integer> wrong = new ArrayList<>();
    int duplicates = 0;
    for (Item item : OutFiles.items(folder.resolve("data"), signal)) {
      int number = NumberedItems.number(signal, item);
      if (number >= sender.next() || !item.equals(NumberedItems.item(signal, number))) {
        wrong.add(number);
      }
      duplicates += found.get(number) ? 1 : 0;
      found.set(number);
    }
    BitSet lost = sender.acknowledged();
    lost.andNot(found);
    log.info(
        "{}: {} sent, {} acknowledged, {} in the files, {} of them more than once",
        signal,
        sender.next(),
        sender.acknowledged().cardinality(),
        found.cardinality(),
        duplicates);
    assertThat(lost.stream()).as("%s acknowledged and lost", signal).isEmpty();
    assertThat(wrong).as("%s that were not sent so", signal).isEmpty();
    assertThat(sender.acknowledged().cardinality()).as("%s acknowledged", signal).isPositive();
  }
}
