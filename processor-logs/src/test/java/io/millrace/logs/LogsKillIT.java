package io.millrace.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.logs.FakeLoki.Fault;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the processor under load, again and again, with a Loki that fails at times: no
 * line that Kafka has acknowledged is missing. {@code -Dmillrace.kill.rounds} says how often.
 */
@Tag(Broker.ANY)
@Timeout(600)
class LogsKillIT {

  private static final int ROUNDS = Integer.getInteger("millrace.kill.rounds", 3);
  private static final int PARTITIONS = 3;

  @TempDir private Path folder;

  @Test
  void shouldStoreEveryAcknowledgedLineThroughKills() throws Exception {
    // Given
    Random random = new Random(20261121);
    TopicsConfig topics = TopicsConfig.DEFAULT.withReplicationFactor(1);
    try (Broker broker = Broker.forTests(folder.resolve("kafka"));
        FakeLoki loki =
            FakeLoki.start(
                () -> random.nextInt(10) == 0 ? Fault.STORED_BUT_ERROR : Fault.NONE,
                line -> false)) {
      KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
      try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
        assertThat(admin.apply(topics.catalogue(Signal.LOGS))).isEmpty();
      }
      Path config = config(broker.bootstrapServers(), loki.url("/loki/api/v1/push"));
      try (NumberedLines lines = new NumberedLines(kafka, topics.logs().name(), PARTITIONS)) {
        // When
        for (int round = 1; round <= ROUNDS; round++) {
          int enough = loki.stored().size() + 1 + random.nextInt(3000);
          try (Child child = new Child(folder, config)) {
            while (loki.stored().size() < enough) {
              assertThat(child.isAlive()).isTrue();
              lines.write();
            }
          } // by SIGKILL
        }
        // Then
        try (Child child = new Child(folder, config)) {
          await()
              .atMost(Duration.ofMinutes(2))
              .failFast(() -> assertThat(child.isAlive()).isTrue())
              .untilAsserted(
                  () -> assertThat(new HashSet<>(loki.stored())).isEqualTo(all(lines.lines())));
        }
      }
    }
  }

  private static Set<String> all(int lines) {
    Set<String> all = new HashSet<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (int number = 0; number < lines; number++) {
        all.add(partition + "/" + number);
      }
    }
    return all;
  }

  /** The coordinator forgets who was killed after session.timeout.ms. */
  private Path config(String bootstrapServers, String url) throws IOException {
    return Files.writeString(
        folder.resolve("logs.yaml"),
        """
        kafka:
          bootstrap-servers: %s
          properties: {session.timeout.ms: 6000, heartbeat.interval.ms: 1000}
        admin: {port: 0}
        logs:
          delivery: {commit-interval: 100ms, batch: {max-bytes: 16KiB, max-wait: 20ms}}
          destinations: {loki: {url: '%s'}}
        """
            .formatted(bootstrapServers, url));
  }

  /** The logs processor as a process of its own, which does not outlive the test. */
  private static final class Child implements AutoCloseable {

    private final Process process;

    Child(Path folder, Path config) throws IOException {
      process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx256m",
                      "-XX:TieredStopAtLevel=1",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "io.millrace.logs.Main",
                      "--config",
                      config.toString()))
              .redirectErrorStream(true)
              .redirectOutput(Files.createTempFile(folder, "logs-", ".out").toFile())
              .start();
    }

    boolean isAlive() {
      return process.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }
}
