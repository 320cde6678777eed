package io.millrace.bench;

import io.millrace.broker.EmbeddedBroker;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A single-node Kafka in a process of its own, and what is asked of it. */
final class BrokerProcess implements AutoCloseable {

  static final int PARTITIONS = 12;

  private final Child process;
  private final String bootstrapServers;
  private final Admin admin;

  private BrokerProcess(Child process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  static BrokerProcess start(Path folder) {
    int port = Child.freePort();
    Child process =
        Child.start(
            "broker",
            folder,
            Map.of(),
            List.of(
                Child.java(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Serve.class.getName(),
                folder.resolve("kafka").toString(),
                Integer.toString(port)));
    process.awaitPort(port);
    return new BrokerProcess(process, "127.0.0.1:" + port);
  }

  /** The process itself. */
  static final class Serve {

    private Serve() {}

    public static void main(String[] args) throws InterruptedException {
      EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), Integer.parseInt(args[1]));
      Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
      Thread.currentThread().join();
    }
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /** With log-append time; what lies there is deleted only with the broker. */
  void createTopic(String name) {
    createTopic(name, "LogAppendTime");
  }

  void createTopic(String name, String timestampType) {
    NewTopic topic =
        new NewTopic(name, PARTITIONS, (short) 1)
            .configs(
                Map.of("message.timestamp.type", timestampType, "max.message.bytes", "1048576"));
    get(admin.createTopics(List.of(topic)).all());
    // Before every partition has its leader, a producer may be stuck with what it sends
    // (KAFKA-15591).
    process.await("knows topic " + name, () -> knows(name));
  }

  private boolean knows(String topic) {
    try {
      endOffsets(topic);
      return true;
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  void deleteTopic(String name) {
    get(admin.deleteTopics(List.of(name)).all());
  }

  /** What a group has committed; partitions without an offset are missing. */
  Map<TopicPartition, Long> committed(String group) {
    return get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .entrySet()
        .stream()
        .collect(
            java.util.stream.Collectors.toMap(
                Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  Map<TopicPartition, Long> endOffsets(String topic) {
    Map<TopicPartition, OffsetSpec> latest =
        partitions(topic).stream()
            .collect(java.util.stream.Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
    return get(admin.listOffsets(latest).all()).entrySet().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  static List<TopicPartition> partitions(String topic) {
    return IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
  }

  /** What lies between two sets of offsets. */
  record Stored(long records, long items) {}

  Stored stored(Signal signal, String topic, Map<TopicPartition, Long> from) {
    Map<TopicPartition, Long> to = endOffsets(topic);
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrapServers, "fetch.max.bytes", 8 << 20);
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.assign(to.keySet());
      from.forEach(consumer::seek);
      long records = 0;
      long items = 0;
      while (to.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          records++;
          items += items(signal, record.value());
        }
      }
      return new Stored(records, items);
    }
  }

  private static int items(Signal signal, byte[] value) {
    try {
      return OtlpItems.count(signal, value);
    } catch (MalformedOtlp e) {
      throw new IllegalStateException("a record that is not OTLP", e);
    }
  }

  static long sum(Collection<Long> offsets) {
    return offsets.stream().mapToLong(Long::longValue).sum();
  }

  private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
    process.close();
  }
}
