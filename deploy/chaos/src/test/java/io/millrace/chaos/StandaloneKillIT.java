package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import io.millrace.standalone.ChildJvm;
import io.millrace.standalone.FreePorts;
import io.millrace.standalone.Item;
import io.millrace.standalone.LedgerTable;
import io.millrace.standalone.NumberedItems;
import io.millrace.standalone.NumberedSender;
import io.millrace.standalone.OutFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code kill -9} of {@code up}, which is gateway, processors and broker in one, under load, again
 * and again: what was acknowledged is in the files, whatever had become of it by then; with
 * policies, all that they keep and nothing else.
 */
class StandaloneKillIT {

  private static final Logger log = LoggerFactory.getLogger(StandaloneKillIT.class);

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int ROUNDS = Form.of(2, 20);

  /** Acknowledged requests, of all senders, before the next kill. */
  private static final int MOST_REQUESTS_PER_ROUND = 400;

  @TempDir private Path folder;

  private final List<Integer> ports = FreePorts.choose(4);
  private final int adminPort = ports.get(0);
  private final int httpPort = ports.get(1);
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldKeepEveryAcknowledgedItemThroughKills() {
    List<NumberedSender> senders = killUnderLoad(List.of(Signal.values()), List.of());
    senders.forEach(sender -> assertNothingLost(sender, number -> true, item -> item));
  }

  /**
   * The first span of every other trace has it kept; the others of the trace may come much later.
   */
  @Test
  void shouldKeepEverySampledSpanAndNoOtherThroughKills() throws IOException {
    Path policies = folder.resolve("policies.yaml");
    Files.writeString(
        policies,
        """
        traces:
          clock-grace: 500ms
          tail_sampling:
            decision_wait: 1s
            policies:
              - name: even
                type: ottl_condition
                ottl_condition: {error_mode: propagate, span: ['IsMatch(span.name, "0$")']}
        """);
    List<NumberedSender> senders =
        killUnderLoad(List.of(Signal.TRACES), List.of("--config", policies.toString()));
    BitSet acknowledged = senders.get(0).acknowledged();
    // Whoever sampled it says so.
    assertNothingLost(
        senders.get(0),
        number -> acknowledged.get(NumberedItems.firstOfTrace(number)) && isSampled(number),
        item -> item.withTraceState("ot=th:0"));
    List<Integer> notSampled =
        OutFiles.items(folder.resolve("data"), Signal.TRACES).stream()
            .map(item -> NumberedItems.number(Signal.TRACES, item))
            .filter(number -> !isSampled(number))
            .toList();
    assertThat(notSampled).as("delivered, though sampled out").isEmpty();
  }

  private static boolean isSampled(int number) {
    return NumberedItems.firstOfTrace(number) % 10 == 0;
  }

  private List<NumberedSender> killUnderLoad(List<Signal> signals, List<String> arguments) {
    // Given
    Random random = Form.random("kill up " + signals);
    List<NumberedSender> senders =
        signals.stream()
            .map(signal -> NumberedSender.start(signal, httpPort, random.nextLong()))
            .toList();

    // When
    for (int round = 1; round <= ROUNDS; round++) {
      try (ChildJvm pipeline = start(arguments)) {
        // Every other one before its processors have joined their groups, perhaps.
        if (round % 2 == 1) {
          awaitReady(pipeline);
        }
        awaitRequests(pipeline, senders, 1 + random.nextInt(MOST_REQUESTS_PER_ROUND));
        log.info("round {}: killed after {} requests", round, requests(senders));
        pipeline.kill();
      }
    }
    try (ChildJvm pipeline = start(arguments)) {
      awaitReady(pipeline);
      awaitRequests(pipeline, senders, 10);
      senders.forEach(NumberedSender::close);
      assertLedgerCloses();
      assertThat(pipeline.terminate()).as("exit status of the graceful stop").isZero();
      assertThat(pipeline.output()).doesNotContain("NOT_LEADER_OR_FOLLOWER");
      pipeline.assertNoStackTrace();
    } finally {
      senders.forEach(NumberedSender::close);
    }
    return senders;
  }

  private ChildJvm start(List<String> more) {
    List<String> arguments = new ArrayList<>();
    arguments.add("up");
    arguments.addAll(List.of("--data-dir", folder.resolve("data").toString()));
    arguments.add("--set=admin.port=" + adminPort);
    arguments.add("--set=gateway.http.port=" + httpPort);
    arguments.add("--set=gateway.grpc.port=" + ports.get(2));
    arguments.add("--set=standalone.kafka-port=" + ports.get(3));
    arguments.add("--set=standalone.catch-up-timeout=1m");
    arguments.addAll(more);
    return ChildJvm.start(folder, "io.millrace.standalone.Main", arguments);
  }

  private void awaitReady(ChildJvm pipeline) {
    await("ready")
        .atMost(LONG)
        .failFast(() -> assertThat(pipeline.isAlive()).as(pipeline::output).isTrue())
        .until(this::isReady);
  }

  /** Of the last process; those before took their counts with them. */
  private void assertLedgerCloses() {
    LedgerTable table = LedgerTable.of(List.of("http://127.0.0.1:" + adminPort));
    assertThat(table.closes()).as("%s", table.lines()).isTrue();
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

  /**
   * @param isExpected whether an item of that number is to be found, if it was acknowledged
   * @param delivered how an item that was sent arrives
   */
  private void assertNothingLost(
      NumberedSender sender, IntPredicate isExpected, UnaryOperator<Item> delivered) {
    Signal signal = sender.signal();
    BitSet found = new BitSet();
    List<Integer> wrong = new ArrayList<>();
    int duplicates = 0;
    for (Item item : OutFiles.items(folder.resolve("data"), signal)) {
      int number = NumberedItems.number(signal, item);
      if (number >= sender.next()
          || !item.equals(delivered.apply(NumberedItems.item(signal, number)))) {
        wrong.add(number);
      }
      duplicates += found.get(number) ? 1 : 0;
      found.set(number);
    }
    BitSet lost = new BitSet();
    sender.acknowledged().stream().filter(isExpected).forEach(lost::set);
    assertThat(lost.isEmpty()).as("no %s expected", signal).isFalse();
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
