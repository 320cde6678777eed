package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ledger of the real pipeline against what a sender and a sink of the test have counted, while
 * a backend that comes late has items sent again.
 */
class LedgerIT {

  private static final String LEDGER = "io.millrace.ledger.LedgerCommand";
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int REQUESTS = 40;

  @TempDir private Path folder;

  private final List<Integer> ports = FreePorts.choose(3);

  @Test
  void shouldCloseAgainstAnIndependentCount() {
    String metrics = "http://127.0.0.1:" + ports.get(0);
    try (ChildJvm pipeline = up()) {
      pipeline.awaitOutput("Stop +Ctrl-C");
      // Given what was acknowledged, and a backend of traces that is away
      Map<Signal, Integer> sent = new TreeMap<>();
      for (Signal signal : Signal.values()) {
        sent.put(signal, send(signal));
      }
      await()
          .atMost(LONG)
          .until(() -> table(ledger(metrics)).figure("(sent again)", "traces/default") > 0);
      List<String> open = ledger(metrics, "--drained");
      assertThat(open).last().isEqualTo("The balance closes, and something is still on the way.");
      // When it is there
      try (Backend backend = Backend.start(ports.get(2))) {
        await()
            .atMost(LONG)
            .untilAsserted(
                () ->
                    assertThat(ledger(metrics, "--drained"))
                        .last()
                        .isEqualTo("The balance closes."));
        // Then
        LedgerTable table = table(ledger(metrics));
        for (Signal signal : Signal.values()) {
          assertThat(table.figure("received", signal.id())).isEqualTo(sent.get(signal));
          assertThat(table.figure("published", signal.id())).isEqualTo(sent.get(signal));
        }
        assertThat(table.figure("delivered", "traces/default"))
            .isEqualTo(sent.get(Signal.TRACES))
            .isEqualTo(backend.items(Signal.TRACES).size());
        for (Signal signal : List.of(Signal.METRICS, Signal.LOGS)) {
          assertThat(table.figure("delivered", signal.id() + "/files"))
              .isEqualTo(sent.get(signal))
              .isEqualTo(OutFiles.items(folder.resolve("data"), signal).size());
        }
      }
    }
  }

  @Test
  void shouldSayWhoDoesNotAnswer() {
    String nobody = "http://127.0.0.1:" + ports.get(1);
    try (ChildJvm ledger = ChildJvm.start(folder, LEDGER, List.of(nobody))) {
      assertThat(ledger.exitStatus()).isEqualTo(1);
      assertThat(ledger.complaints())
          .singleElement()
          .asString()
          .startsWith(nobody + "/metrics: no answer (expected: metrics;");
      ledger.assertNoStackTrace();
    }
    try (ChildJvm ledger = ChildJvm.start(folder, LEDGER, List.of())) {
      assertThat(ledger.exitStatus()).isEqualTo(2);
      assertThat(ledger.complaints())
          .containsExactly("URL: not set (expected: URLs of processes, or --prometheus)");
    }
  }

  private ChildJvm up() {
    List<String> arguments = new ArrayList<>(List.of("up"));
    arguments.addAll(List.of("--data-dir", folder.resolve("data").toString()));
    arguments.addAll(List.of("--traces-to", "http://127.0.0.1:" + ports.get(2)));
    arguments.add("--set=admin.port=" + ports.get(0));
    arguments.add("--set=gateway.http.port=" + ports.get(1));
    arguments.add("--set=gateway.grpc.port=0");
    arguments.add("--set=standalone.kafka-port=0");
    arguments.add("--set=traces.delivery.retry.initial=50ms");
    arguments.add("--set=traces.delivery.retry.max=200ms");
    return ChildJvm.start(folder, "io.millrace.standalone.Main", arguments);
  }

  /** How many items were acknowledged. */
  private int send(Signal signal) {
    try (NumberedSender sender = NumberedSender.start(signal, ports.get(1), 1)) {
      await().atMost(LONG).until(() -> sender.acknowledgedRequests() >= REQUESTS);
      sender.close();
      assertThat(sender.acknowledged().cardinality()).isEqualTo(sender.next());
      return sender.next();
    }
  }

  /** The command as a process of its own. */
  private List<String> ledger(String... arguments) {
    try (ChildJvm ledger = ChildJvm.start(folder, LEDGER, List.of(arguments))) {
      int status = ledger.exitStatus();
      List<String> lines = ledger.stdout();
      assertThat(ledger.complaints()).isEmpty();
      assertThat(status == 0).isEqualTo(lines.contains("The balance closes."));
      return lines;
    }
  }

  private static LedgerTable table(List<String> lines) {
    return new LedgerTable(lines.contains("The balance closes."), lines);
  }
}
