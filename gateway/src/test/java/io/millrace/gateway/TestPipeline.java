package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.ConfigReader;
import io.millrace.otlp.Hasher;
import io.millrace.otlp.LogsPartitioning;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.Topic;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A gateway on free ports, and topics of its own on a broker that others may share. */
final class TestPipeline implements AutoCloseable {

  static final int PARTITIONS = 4;
  static final int MAX_MESSAGE_BYTES = 64 << 10;

  private static final AtomicInteger COUNT = new AtomicInteger();

  static {
    LeakWatch.install();
  }

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final KafkaConfig kafka;
  final TopicsConfig topics;
  final Gateway gateway;

  private final Map<Counter, Double> countersBefore = new HashMap<>();
  private final Map<TopicPartition, Long> offsetsBefore = new HashMap<>();

  private TestPipeline(KafkaConfig kafka, TopicsConfig topics, GatewaySection section) {
    this.kafka = kafka;
    this.topics = topics;
    gateway =
        Gateway.start(new GatewayConfig(kafka, topics, AdminConfig.DEFAULT, section), registry);
  }

  /** Ready to take requests. */
  static TestPipeline start(Broker broker, GatewaySection section) {
    TopicsConfig topics = topics();
    createTopics(broker.bootstrapServers(), topics);
    TestPipeline pipeline = new TestPipeline(plain(broker.bootstrapServers()), topics, section);
    pipeline.awaitReady();
    return pipeline;
  }

  static TestPipeline start(Broker broker) {
    return start(broker, section());
  }

  /** Without topics, and so not ready. */
  static TestPipeline startWithoutTopics(String bootstrapServers) {
    return startWithoutTopics(plain(bootstrapServers));
  }

  static TestPipeline startWithoutTopics(KafkaConfig kafka) {
    return new TestPipeline(kafka, topics(), section());
  }

  private static KafkaConfig plain(String bootstrapServers) {
    return new KafkaConfig(bootstrapServers, Map.of());
  }

  /** Free ports, little time to wait for Kafka. */
  static GatewaySection section() {
    return section(1 << 20, 8 << 20, Duration.ofMillis(5));
  }

  /** As {@link #section()}, with some keys set: {@code gateway.connections.max=3}. */
  static GatewaySection section(String... settings) {
    return section(section(), settings);
  }

  static GatewaySection section(GatewaySection base, String... settings) {
    GatewayConfig config =
        new GatewayConfig(KafkaConfig.DEFAULT, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, base);
    return ConfigReader.read(config, Set.of(), null, List.of(settings), Map.of()).gateway();
  }

  static GatewaySection section(int maxRequestBytes, long maxInFlightBytes, Duration linger) {
    return new GatewaySection(
        new ListenerConfig("127.0.0.1", 0),
        new ListenerConfig("127.0.0.1", 0),
        ConnectionsConfig.DEFAULT,
        new CorsConfig(List.of("https://shop.example")),
        CredentialsConfig.NONE,
        TenantsConfig.NONE,
        maxRequestBytes,
        maxInFlightBytes,
        LogsPartitioning.RESOURCE,
        Hasher.MURMUR2,
        List.of(),
        new PublisherConfig(
            linger, 64 << 10, PublisherConfig.Compression.ZSTD, Duration.ofSeconds(3)),
        Duration.ofSeconds(10));
  }

  /**
   * As written by a user, on free ports.
   *
   * @param settings keys below {@code gateway}, {@code drain-timeout=1s}
   */
  static GatewaySection configured(String... settings) {
    Stream<String> ports =
        Stream.of("grpc.host=127.0.0.1", "grpc.port=0", "http.host=127.0.0.1", "http.port=0");
    List<String> all =
        Stream.concat(ports, Arrays.stream(settings)).map(setting -> "gateway." + setting).toList();
    return ConfigReader.read(GatewayConfig.DEFAULT, Set.of(), null, all, Map.of()).gateway();
  }

  private static TopicsConfig topics() {
    return new TopicsConfig(
        "test-" + COUNT.incrementAndGet() + ".",
        topic("otlp-traces"),
        topic("otlp-metrics"),
        topic("otlp-logs"),
        1,
        Duration.ofDays(1));
  }

  private static TopicConfig topic(String name) {
    return new TopicConfig(name, PARTITIONS, 1, Duration.ofHours(1), MAX_MESSAGE_BYTES);
  }

  static void createTopics(String bootstrapServers, TopicsConfig topics) {
    createTopics(plain(bootstrapServers), topics);
  }

  /** Returns when every partition has a leader that serves it. */
  static void createTopics(KafkaConfig kafka, TopicsConfig topics) {
    List<Topic> catalogue =
        Arrays.stream(Signal.values()).flatMap(each -> topics.catalogue(each).stream()).toList();
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      assertThat(admin.apply(catalogue)).isEmpty();
    }
  }

  void awaitReady() {
    await().atMost(Duration.ofSeconds(60)).until(() -> gateway.unready().isEmpty());
  }

  URI http(Signal signal) {
    return http(signal.httpPath());
  }

  URI http(String path) {
    return URI.create("http://127.0.0.1:" + gateway.httpPort() + path);
  }

  /** Lets a test begin as if nothing had been sent or counted. */
  void forget() {
    registry.getMeters().stream()
        .flatMap(meter -> meter instanceof Counter counter ? Stream.of(counter) : Stream.empty())
        .forEach(counter -> countersBefore.put(counter, counter.count()));
    for (Signal signal : Signal.values()) {
      for (var record : records(signal)) {
        offsetsBefore.put(
            new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
      }
    }
  }

  /** Received is published and refused, and nothing is held any more. */
  void assertBalanced() {
    await().untilAsserted(() -> assertThat(gauge("in.flight.bytes")).isZero());
    assertThat(gauge("in.flight.items")).isZero();
    assertThat(counter("received.items"))
        .isEqualTo(counter("published.items") + counter("refused.items"));
  }

  /** All that lies on a signal's topic. What has been answered with OK must be among it. */
  List<ConsumerRecord<byte[], byte[]>> records(Signal signal) {
    Map<String, Object> config = kafka.clientProperties("test");
    var bytes = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(config, bytes, bytes)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topics.of(signal).name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      partitions.forEach(
          partition -> consumer.seek(partition, offsetsBefore.getOrDefault(partition, 0L)));
      var ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  double counter(String name, String... tags) {
    return registry.get("millrace.gateway." + name).tags(tags).counters().stream()
        .mapToDouble(counter -> counter.count() - countersBefore.getOrDefault(counter, 0.0))
        .sum();
  }

  double gauge(String name) {
    return registry.get("millrace.gateway." + name).gauges().stream()
        .mapToDouble(gauge -> gauge.value())
        .sum();
  }

  @Override
  public void close() {
    gateway.close();
  }
}
