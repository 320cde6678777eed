package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedBroker;
import io.millrace.daemon.Daemon;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.Topic;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A replay of what the broker itself does not hold any more: its segments lie in the tiered storage
 * that Kafka's own tests use, a folder of files.
 */
@Timeout(180)
class TieredReplayIT {

  private static final String TOPIC = TopicsConfig.DEFAULT.of(Signal.LOGS).name();
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

  /** A record a second, of so many items that a segment of 1 MiB holds a dozen records. */
  private static final int RECORDS = 60;

  private static final int ITEMS = 500;

  @TempDir private Path dir;

  @Test
  void shouldReplayWhatOnlyTieredStorageHolds() throws Exception {
    // Given
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir.resolve("kafka"), 0, tiered())) {
      KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
      produce(kafka);
      try (Admin admin = Admin.create(kafka.clientProperties("test"))) {
        await()
            .atMost(Duration.ofSeconds(120))
            .until(() -> offset(admin, OffsetSpec.earliestLocal()) >= 30);
        assertThat(offset(admin, OffsetSpec.earliest())).isZero();
      }
      // When
      StringWriter out = new StringWriter();
      int status =
          Daemon.commandLine(new ReplayCommand())
              .setOut(new PrintWriter(out, true))
              .execute(
                  "--signal=logs",
                  "--from=" + START.plusSeconds(5),
                  "--to=" + START.plusSeconds(25),
                  "--to-url=" + dir.resolve("out").resolve("logs").toUri(),
                  "--set=kafka.bootstrap-servers=" + broker.bootstrapServers());
      // Then
      assertThat(status).isZero();
      assertThat(out.toString()).doesNotContain("is gone");
      assertThat(OutFiles.items(dir, Signal.LOGS))
          .extracting(item -> NumberedItems.number(Signal.LOGS, item))
          .containsExactlyElementsOf(IntStream.range(5 * ITEMS, 25 * ITEMS).boxed().toList());
    }
  }

  private Map<String, String> tiered() {
    return Map.of(
        "remote.log.storage.system.enable",
        "true",
        "remote.log.storage.manager.class.name",
        "org.apache.kafka.server.log.remote.storage.LocalTieredStorage",
        "rsm.config.dir",
        dir.resolve("tiered").toString(),
        "remote.log.metadata.manager.listener.name",
        "CLIENTS",
        "rlmm.config.remote.log.metadata.topic.replication.factor",
        "1",
        "rlmm.config.remote.log.metadata.topic.num.partitions",
        "1",
        "remote.log.manager.task.interval.ms",
        "200",
        "log.retention.check.interval.ms",
        "200",
        "log.initial.task.delay.ms",
        "200");
  }

  private static void produce(KafkaConfig kafka) {
    try (TopicsAdmin topics = TopicsAdmin.connect(kafka)) {
      Map<String, String> config =
          Map.of(
              "message.timestamp.type", "CreateTime",
              "remote.storage.enable", "true",
              "segment.bytes", "1048576",
              "retention.ms", "-1",
              "local.retention.bytes", "1");
      topics.apply(
          List.of(new Topic(TOPIC, 1, 1, config), new Topic(TOPIC + "-dead", 1, 1, Map.of())));
    }
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int n = 0; n < RECORDS; n++) {
        byte[] value = NumberedItems.request(Signal.LOGS, n * ITEMS, (n + 1) * ITEMS);
        producer.send(
            new ProducerRecord<>(TOPIC, 0, START.plusSeconds(n).toEpochMilli(), null, value));
      }
    }
  }

  private static long offset(Admin admin, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    return admin.listOffsets(Map.of(PARTITION, spec)).partitionResult(PARTITION).get().offset();
  }
}
