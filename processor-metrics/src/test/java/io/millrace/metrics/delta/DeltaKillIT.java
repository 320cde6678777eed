package io.millrace.metrics.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.metrics.MetricsProcess;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
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
  private static final int PARTITIONS = 3;

  @TempDir private Path folder;
  private final TopicsConfig topics = topics();
  private final Random random = new Random(SEED);
  private final MetricsProcess[] processes = new MetricsProcess[2];

  private static TopicsConfig topics() {
    TopicsConfig all = TopicsConfig.DEFAULT.withReplicationFactor(1);
    var metrics = all.metrics();
    return new TopicsConfig(
        all.traces(),
        new io.millrace.topics.TopicConfig(
            metrics.name(), PARTITIONS, 1, metrics.retention(), metrics.maxMessageBytes()),
        all.logs(),
        1,
        all.deadLetterRetention());
  }

  @AfterEach
  void killAll() throws InterruptedException {
    kill(0);
    kill(1);
  }

  @Test
  void shouldCountEveryDeltaOnceThroughKills() throws Exception {
    // Given
    try (Broker broker = Broker.forTests(folder.resolve("kafka"))) {
      KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
      try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
        assertThat(admin.apply(topics.catalogue(Signal.METRICS))).isEmpty();
      }
      String topic = topics.of(Signal.METRICS).name();
      try (DeltaSender sender = new DeltaSender(kafka, topic, PARTITIONS, SEED);
          SumReader sums = new SumReader(kafka, topic, PARTITIONS)) {
        // When
        for (int round = 1; round <= ROUNDS; round++) {
          int before = sums.read();
          int enough = before + 1 + random.nextInt(400);
          startAll(broker.bootstrapServers());
          await("sums of round " + round)
              .atMost(LONG)
              .pollInterval(Duration.ofMillis(1))
              .failFast(this::assertAlive)
              .until(
                  () -> {
                    sender.send();
                    return sums.read() >= enough;
                  });
          int which = round % 3;
          if (which != 1) {
            kill(0);
          }
          if (which != 0) {
            kill(1);
          }
          log.info(
              "round {}: killed {}, {} sums so far",
              round,
              List.of("a", "b", "both").get(which),
              sums.read());
        }
        // Then
        sender.close();
        startAll(broker.bootstrapServers());
        await("the last sums")
            .atMost(LONG)
            .failFast(this::assertAlive)
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

  private void assertAlive() {
    for (MetricsProcess process : processes) {
      assertThat(process.isAlive()).as(process::output).isTrue();
    }
  }

  private void startAll(String bootstrapServers) throws IOException {
    for (int i = 0; i < processes.length; i++) {
      if (processes[i] == null) {
        processes[i] = MetricsProcess.start(folder, config(i, bootstrapServers));
      }
    }
  }

  private void kill(int i) throws InterruptedException {
    if (processes[i] != null) {
      processes[i].close();
      processes[i] = null;
    }
  }

  private Path config(int i, String bootstrapServers) throws IOException {
    return Files.writeString(
        folder.resolve("metrics-" + i + ".yaml"),
        """
        kafka:
          bootstrap-servers: %s
          properties: {session.timeout.ms: 6000, heartbeat.interval.ms: 1000}
        topics: {metrics: {partitions: %d, replication-factor: 1}}
        admin: {port: 0}
        metrics:
          delta:
            enabled: true
            state-dir: '%s'
            instance-id: process-%d
            standby-replicas: 1
          destinations: {nowhere: {url: 'discard:/'}}
        """
            .formatted(bootstrapServers, PARTITIONS, folder.resolve("state-" + i), i));
  }
}
