package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.otlp.Signal;
import io.millrace.standalone.ChildJvm;
import io.millrace.standalone.Item;
import io.millrace.standalone.NumberedItems;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of {@code dead redrive}, twice, at whatever point: each letter is sent once. */
@Tag(Broker.ANY)
@Timeout(180)
class RedriveKillIT {

  private static final int LETTERS = 400;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final TopicsConfig TOPICS = TopicsConfig.DEFAULT.withReplicationFactor(1);
  private static final String TOPIC = TOPICS.of(Signal.LOGS).name();

  @TempDir private Path folder;

  @Test
  void shouldRedriveEachLetterOnceThroughKills() throws Exception {
    try (Broker broker = Broker.forTests(folder.resolve("kafka"))) {
      // Given
      KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
      prepare(kafka);
      // When
      for (int enough : List.of(1, LETTERS / 3)) {
        try (ChildJvm redrive = redrive(broker, "--rate=15kB/s")) {
          await()
              .atMost(LONG)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> numbers(kafka).size() >= enough);
          redrive.kill();
        }
      }
      assertThat(numbers(kafka)).hasSizeLessThan(LETTERS);
      try (ChildJvm last = redrive(broker)) {
        assertThat(last.exitStatus()).as(last::output).isZero();
        assertThat(last.complaints()).isEmpty();
      }
      // Then
      assertThat(numbers(kafka))
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, LETTERS).boxed().toList());
      try (ChildJvm again = redrive(broker)) {
        assertThat(again.exitStatus()).isZero();
        assertThat(again.stdout()).containsExactly("No dead letters to redrive.");
      }
    }
  }

  private static void prepare(KafkaConfig kafka) throws Exception {
    try (TopicsAdmin topics = TopicsAdmin.connect(kafka)) {
      assertThat(topics.apply(TOPICS.catalogue(Signal.LOGS))).isEmpty();
    }
    try (Admin admin = Admin.create(kafka.clientProperties("test"))) {
      admin
          .alterConsumerGroupOffsets(
              "millrace-logs-loki", Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(0)))
          .all()
          .get();
    }
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int n = 0; n < LETTERS; n++) {
        var letter =
            new ProducerRecord<byte[], byte[]>(
                TOPIC + "-dead", n % 3, null, NumberedItems.request(Signal.LOGS, n, n + 1));
        RecordHeaders.put(letter.headers(), DeadLetterHeaders.REASON, "refused");
        RecordHeaders.put(letter.headers(), DeadLetterHeaders.PARTITION, "0");
        RecordHeaders.put(letter.headers(), DeadLetterHeaders.DESTINATION, "loki");
        producer.send(letter);
      }
    }
  }

  private ChildJvm redrive(Broker broker, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("redrive", "--signal=logs", "--confirm", "--reason=refused"));
    arguments.add("--set=kafka.bootstrap-servers=" + broker.bootstrapServers());
    arguments.addAll(List.of(more));
    return ChildJvm.start(folder, "io.millrace.deadletters.DeadCommand", arguments);
  }

  /** Numbers of the items that processors may read. */
  private static List<Integer> numbers(KafkaConfig kafka) throws Exception {
    Map<String, Object> properties = kafka.clientProperties("reader");
    properties.put("isolation.level", "read_committed");
    List<Integer> numbers = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition id = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(id));
      consumer.seekToBeginning(List.of(id));
      long end = consumer.endOffsets(List.of(id)).getOrDefault(id, 0L);
      while (consumer.position(id) < end) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          Item.of(Signal.LOGS, record.value())
              .forEach(item -> numbers.add(NumberedItems.number(Signal.LOGS, item)));
        }
      }
    }
    return numbers;
  }
}
