package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

  private static final String TOPIC = "words";

  @TempDir Path dir;

  @Test
  void shouldKeepRecordsAndCommittedOffsetsOverARestart() throws Exception {
    // Given
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0)) {
      createTopic(broker);
      produce(broker, "one", "two");
      assertThat(consume(broker, 2)).containsExactly("one", "two");
      produce(broker, "three");
    }

    // When
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0)) {
      // Then
      assertThat(consume(broker, 1)).containsExactly("three");
    }
  }

  @Test
  void shouldGoOnWithItsClientsWhenStartedAgainOnTheSamePort() throws Exception {
    EmbeddedBroker first = EmbeddedBroker.start(dir, 0);
    int port = Integer.parseInt(first.bootstrapServers().split(":")[1]);
    createTopic(first);
    try (KafkaProducer<String, String> producer = producer(first)) {
      producer.send(new ProducerRecord<>(TOPIC, "before")).get();

      first.close();
      try (EmbeddedBroker second = EmbeddedBroker.start(dir, port)) {
        producer.send(new ProducerRecord<>(TOPIC, "after")).get();

        assertThat(consume(second, 2)).containsExactly("before", "after");
      }
    }
  }

  @Test
  void shouldStartAndStopWholeAlthoughItsCallerIsInterrupted() throws Exception {
    // When
    Thread.currentThread().interrupt();
    EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);

    // Then
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    createTopic(broker);
    produce(broker, "one");

    // When
    Thread.currentThread().interrupt();
    broker.close();

    // Then
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    try (EmbeddedBroker next = EmbeddedBroker.start(dir, 0)) {
      assertThat(consume(next, 1)).containsExactly("one");
    }
  }

  @Test
  void shouldNotCreateTopicsByThemselves() {
    try (EmbeddedBroker broker = EmbeddedBroker.start(dir, 0);
        Admin admin = Admin.create(client(broker))) {
      assertThatThrownBy(() -> admin.describeTopics(List.of(TOPIC)).allTopicNames().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }
  }

  @Test
  void shouldNameTheBusyPort() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedBroker.start(dir, taken.getLocalPort()))
          .isInstanceOf(BrokerCannotStart.class)
          .hasMessage("127.0.0.1:%d: cannot listen (Address already in use)", taken.getLocalPort());
    }
  }

  @Test
  void shouldNameTheDirectoryThatCannotBeWritten() throws Exception {
    Path notADirectory = Files.createFile(dir.resolve("file"));

    assertThatThrownBy(() -> EmbeddedBroker.start(notADirectory, 0))
        .isInstanceOf(BrokerCannotStart.class)
        .hasMessageStartingWith(notADirectory + ": cannot be written (");
  }

  @Test
  void shouldRefuseADirectoryThatAnotherBrokerHolds() {
    try (EmbeddedBroker holder = EmbeddedBroker.start(dir, 0)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(dir, 0))
          .isInstanceOf(BrokerCannotStart.class)
          .hasMessage("%s: in use by another broker", dir);
      assertThat(holder.bootstrapServers()).startsWith("127.0.0.1:");
    }
  }

  @Test
  void shouldFreeTheDirectoryWhenKafkaRefusesItsConfiguration() {
    assertThatThrownBy(() -> EmbeddedBroker.start(dir, 0, Map.of("num.io.threads", "0")))
        .isInstanceOf(BrokerCannotStart.class)
        .hasMessageContaining("num.io.threads");

    EmbeddedBroker.start(dir, 0).close();
  }

  private static void createTopic(EmbeddedBroker broker) throws Exception {
    try (Admin admin = Admin.create(client(broker))) {
      NewTopic topic = new NewTopic(TOPIC, Optional.of(1), Optional.empty());
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  private static void produce(EmbeddedBroker broker, String... values) throws Exception {
    try (KafkaProducer<String, String> producer = producer(broker)) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(TOPIC, value)).get();
      }
    }
  }

  private static KafkaProducer<String, String> producer(EmbeddedBroker broker) {
    return new KafkaProducer<>(client(broker), new StringSerializer(), new StringSerializer());
  }

  /** Reads that many records as one group that begins at the start, and commits. */
  private static List<String> consume(EmbeddedBroker broker, int count) {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "group.id",
            "readers",
            "auto.offset.reset",
            "earliest",
            "enable.auto.commit",
            "false");
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(TOPIC));
      while (values.size() < count) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
      }
      consumer.commitSync();
    }
    return values;
  }

  private static Map<String, Object> client(EmbeddedBroker broker) {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }
}
