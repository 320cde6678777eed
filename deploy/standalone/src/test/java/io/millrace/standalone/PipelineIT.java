package io.millrace.standalone;

import static java.util.function.Function.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import io.millrace.standalone.Sdk.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole pipeline with the OpenTelemetry SDK as its client: what is sent arrives, every item
 * once and unchanged, and the counters say so.
 */
class PipelineIT {

  private static final Duration LONG = Duration.ofSeconds(60);

  private static final Transport GRPC = new Transport(true, "gzip");

  private static final List<Transport> TRANSPORTS =
      List.of(
          GRPC,
          new Transport(true, "none"),
          new Transport(false, "gzip"),
          new Transport(false, "none"));

  @TempDir private Path dataDir;

  /** Knows what the SDKs have sent. */
  private Backend sent;

  @BeforeEach
  void listen() {
    sent = Backend.start(0);
  }

  @AfterEach
  void stopListening() {
    sent.close();
  }

  @Test
  void shouldDeliverEveryItemOfEveryExporterUnchanged() {
    // Given
    RunningPipeline pipeline = RunningPipeline.start(dataDir);

    // When
    try (pipeline) {
      for (Transport transport : TRANSPORTS) {
        send(pipeline, transport, Map.of(), 40);
      }
      awaitArrival(signal -> OutFiles.items(dataDir, signal));
    }

    // Then
    for (Signal signal : Signal.values()) {
      assertThat(sent.items(signal)).as("sent %s", signal).hasSizeGreaterThan(100);
      assertSame(signal, OutFiles.items(dataDir, signal), sent.items(signal));
      pipeline.assertBalanced(signal, sent.items(signal).size());
    }
  }

  @Test
  void shouldGoOnAfterARestartAndRepeatNothing() {
    // Given
    RunningPipeline first = RunningPipeline.start(dataDir);
    send(first, GRPC, Map.of(), 100);
    Map<Signal, Integer> before = counts();

    // When
    first.close();
    RunningPipeline second = RunningPipeline.start(dataDir);
    send(second, GRPC, Map.of(), 100);
    second.close();

    // Then
    for (Signal signal : Signal.values()) {
      assertSame(signal, OutFiles.items(dataDir, signal), sent.items(signal));
      first.assertBalanced(signal, before.get(signal));
      second.assertBalanced(signal, sent.items(signal).size() - before.get(signal));
    }
  }

  @Test
  void shouldDeliverAllOfItWhenTheBackendIsBack() {
    // Given
    int port = FreePorts.choose(1).get(0);
    RunningPipeline pipeline =
        RunningPipeline.start(
            dataDir,
            "traces.destinations.backend.url=http://127.0.0.1:" + port,
            "traces.delivery.retry.initial=100ms",
            "traces.delivery.retry.max=1s");

    try (pipeline) {
      // When
      send(pipeline, GRPC, Map.of(), 100);

      // Then
      await().atMost(LONG).until(() -> pipeline.sum("millrace.retries", Signal.TRACES) >= 3);
      double lag = pipeline.lagSeconds(Signal.TRACES);
      await().atMost(LONG).until(() -> pipeline.lagSeconds(Signal.TRACES) > lag);
      assertThat(pipeline.sum("millrace.delivered.items", Signal.TRACES)).isZero();
      assertThat(pipeline.sum("millrace.in.flight.items", Signal.TRACES))
          .isEqualTo(sent.items(Signal.TRACES).size());

      // And the signals that have a backend go on.
      await()
          .atMost(LONG)
          .until(
              () -> OutFiles.items(dataDir, Signal.LOGS).size() == sent.items(Signal.LOGS).size());

      // When
      try (Backend back = Backend.start(port)) {
        await()
            .atMost(LONG)
            .until(() -> back.items(Signal.TRACES).size() >= sent.items(Signal.TRACES).size());
        await().atMost(LONG).until(() -> pipeline.lagSeconds(Signal.TRACES) == 0);
        pipeline.close();

        // Then
        assertSame(Signal.TRACES, back.items(Signal.TRACES), sent.items(Signal.TRACES));
        for (Signal signal : Signal.values()) {
          pipeline.assertBalanced(signal, sent.items(signal).size());
        }
      }
    }
  }

  @Test
  void shouldKeepWhatTheBackendDidNotTakeForTheNextStart() {
    // Given
    int port = FreePorts.choose(1).get(0);
    String url = "traces.destinations.backend.url=http://127.0.0.1:" + port;
    RunningPipeline first =
        RunningPipeline.start(
            dataDir, url, "standalone.catch-up-timeout=0s", "traces.delivery.drain-timeout=0s");
    send(first, GRPC, Map.of(), 50);
    long sentBefore = sent.items(Signal.TRACES).size();

    // When
    first.close();
    try (Backend back = Backend.start(port);
        RunningPipeline second = RunningPipeline.start(dataDir, url)) {
      await().atMost(LONG).until(() -> back.items(Signal.TRACES).size() >= sentBefore);
      second.close();

      // Then
      assertSame(Signal.TRACES, back.items(Signal.TRACES), sent.items(Signal.TRACES));
      assertThat(first.sum("millrace.delivered.items", Signal.TRACES)).isZero();
      assertThat(second.sum("millrace.delivered.items", Signal.TRACES)).isEqualTo(sentBefore);
    }
  }

  @Test
  void shouldKeepTenantsApart() {
    // Given
    RunningPipeline pipeline = RunningPipeline.start(dataDir);

    // When
    try (pipeline) {
      send(pipeline, GRPC, Map.of("X-Scope-OrgID", "team-a"), 20);
      send(pipeline, new Transport(false, "gzip"), Map.of("X-Scope-OrgID", "team-b"), 20);
    }

    // Then
    for (Signal signal : Signal.values()) {
      assertSame(signal, OutFiles.items(dataDir, signal, "team-a"), sentBy("grpc-gzip", signal));
      assertSame(signal, OutFiles.items(dataDir, signal, "team-b"), sentBy("http-gzip", signal));
      assertThat(OutFiles.items(dataDir, signal)).as("%s without a tenant", signal).isEmpty();
      pipeline.assertBalanced(signal, sent.items(signal).size());
    }
  }

  private void send(
      RunningPipeline pipeline, Transport transport, Map<String, String> headers, int traces) {
    try (Sdk sdk = Sdk.open(pipeline, transport, headers, sent)) {
      Workload.record(sdk.api(), traces);
      sdk.flush();
    }
  }

  /** Before any stop hurries it. */
  private void awaitArrival(Function<Signal, List<Item>> arrived) {
    for (Signal signal : Signal.values()) {
      await().atMost(LONG).until(() -> arrived.apply(signal).size() >= sent.items(signal).size());
    }
  }

  private List<Item> sentBy(String service, Signal signal) {
    return sent.items(signal).stream()
        .filter(
            item ->
                item.resource().getAttributesList().stream()
                    .anyMatch(attribute -> attribute.getValue().getStringValue().equals(service)))
        .toList();
  }

  private Map<Signal, Integer> counts() {
    Map<Signal, Integer> counts = new HashMap<>();
    for (Signal signal : Signal.values()) {
      counts.put(signal, sent.items(signal).size());
    }
    return counts;
  }

  /** Each item as often as it was sent, and no other. */
  private static void assertSame(Signal signal, List<Item> arrived, List<Item> sent) {
    assertThat(sent).as("sent %s", signal).isNotEmpty();
    Map<Item, Long> expected = occurrences(sent);
    Map<Item, Long> found = occurrences(arrived);
    assertThat(difference(expected, found)).as("%s that did not arrive as sent", signal).isEmpty();
    assertThat(difference(found, expected)).as("%s that were not sent so", signal).isEmpty();
  }

  private static Map<Item, Long> occurrences(List<Item> items) {
    return items.stream().collect(Collectors.groupingBy(identity(), Collectors.counting()));
  }

  private static List<Map.Entry<Item, Long>> difference(
      Map<Item, Long> of, Map<Item, Long> without) {
    return of.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(without.get(entry.getKey())))
        .limit(3)
        .toList();
  }
}
