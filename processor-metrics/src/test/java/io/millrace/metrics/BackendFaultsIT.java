package io.millrace.metrics;

import static io.millrace.metrics.prometheus.Otlp.gauge;
import static io.millrace.metrics.prometheus.Otlp.point;
import static io.millrace.metrics.prometheus.Otlp.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.daemon.ConfigReader;
import io.millrace.metrics.prometheus.Receiver;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsAdmin;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The processor between a real broker and a backend that stores series in order and has faults:
 * nothing is lost, every series keeps its order, memory stays within its bound.
 */
@Tag(Broker.ANY)
@Timeout(180)
class BackendFaultsIT {

  private static final int PARTITIONS = 2;

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private MetricsConfig config;

  @BeforeAll
  static void startBroker() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    broker = Broker.forTests(dir);
    kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private String topic;

  @BeforeEach
  void nameTopic(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName() + test.getDisplayName().hashCode();
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PROMETHEUS", "MIMIR", "THANOS"})
  void shouldLoseNothingAndKeepTheOrderThroughBusyAnswersAndClosedConnections(Receiver.Kind kind)
      throws Exception {
    // Given
    Receiver backend = backend(kind);
    backend
        .script(3, Receiver.status(429, "Retry-After", "0"))
        .script(4, Receiver.status(500))
        .script(3, Receiver.closing())
        .script(2, Receiver.status(503));
    start(backend, "");
    // When
    produce(0, 300);
    // Then
    awaitStored(backend, 300);
    assertThat(backend.refusedRequests()).isZero();
    assertBalance(300 * 2, 0);
  }

  @Test
  void shouldSendAgainWhatASlowBackendDoesNotAnswerInTime() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    CountDownLatch released = new CountDownLatch(1);
    opened.add(released::countDown);
    backend.script(2, exchange -> hold(exchange, released));
    start(backend, "timeout: 300ms");

    produce(0, 100);

    awaitStored(backend, 100);
    assertThat(backend.refusedRequests()).isZero();
    assertBalance(100 * 2, 0);
  }

  @Test
  void shouldNotHoldUpADestinationForAnotherThatNeverAnswers() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    Receiver slow = backend(Receiver.Kind.PROMETHEUS);
    CountDownLatch released = new CountDownLatch(1);
    opened.add(released::countDown);
    slow.script(1_000, exchange -> hold(exchange, released));
    start(backend, "\n    slow: {url: '%s', timeout: 100ms}".formatted(slow.url()));

    produce(0, 300);

    awaitStored(backend, 300);
    assertThat(slow.stored()).isEmpty();
    assertThat(
            registry.get("millrace.delivered.items").tag("destination", "slow").counter().count())
        .isZero();
  }

  private static void hold(HttpExchange exchange, CountDownLatch released) {
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"PROMETHEUS", "MIMIR", "THANOS"})
  void shouldKeepOneRefusedSeriesOfTenThousandAndStoreTheRest(Receiver.Kind kind) throws Exception {
    // Given ten thousand series, one of which the backend will never take
    Receiver backend = backend(kind);
    start(backend, "");
    try (var producer = producer()) {
      for (int record = 0; record < 100; record++) {
        int first = record * 100;
        NumberDataPoint[] points =
            IntStream.range(first, first + 100)
                .mapToObj(
                    n ->
                        n == 4321
                            ? point(1000, n, "n", "" + n, "poison", "yes")
                            : point(1000, n, "n", "" + n))
                .toArray(NumberDataPoint[]::new);
        producer.send(new ProducerRecord<>(topic, 0, null, request(gauge("g", points))));
      }
    }
    // Then
    await().untilAsserted(() -> assertThat(backend.stored()).hasSize(9_999));
    ConsumerRecord<byte[], byte[]> letter = dead(1).get(0);
    var dead = ExportMetricsServiceRequest.parseFrom(letter.value());
    assertThat(dead)
        .isEqualTo(
            ExportMetricsServiceRequest.parseFrom(
                request(gauge("g", point(1000, 4321, "n", "4321", "poison", "yes")))));
    assertThat(header(letter, "millrace-dead-reason")).isEqualTo("invalid_labels");
    assertThat(header(letter, "millrace-dead-message")).containsIgnoringCase("label");
    await().untilAsserted(() -> assertBalance(9_999, 1));
  }

  @Test
  void shouldHoldNoMoreThanItsBoundWhileTheBackendIsAwayAndThenDeliverAll() throws Exception {
    // Given a backend that is away for as long as the test likes
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    backend.script(150, Receiver.status(503));
    configure(backend, "");
    String padding = "x".repeat(20_000);
    try (var producer = producer()) {
      for (int i = 0; i < 300; i++) {
        producer.send(
            new ProducerRecord<>(
                topic, i % 2, null, request(gauge("g", point(i, i, "k", i % 2 + padding)))));
      }
    }
    // When
    start();
    await().until(() -> count("millrace.retries") > 100);
    // Then 1 MiB and a record for each partition
    assertThat(registry.get("millrace.in.flight.bytes").gauge().value())
        .isBetween(100_000.0, (1 << 20) + 50_000.0);
    await()
        .untilAsserted(
            () ->
                assertThat(backend.stored().values().stream().mapToInt(Map::size).sum())
                    .isEqualTo(300));
    assertThat(backend.refusedRequests()).isZero();
    await()
        .untilAsserted(
            () -> assertThat(registry.get("millrace.in.flight.bytes").gauge().value()).isZero());
  }

  @Test
  void shouldPutLateSamplesAsideAndGoOn() throws Exception {
    // Given a series whose samples come late now and then, as after a client's clock was set back
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    start(backend, "");
    try (var producer = producer()) {
      for (int i = 0; i < 50; i++) {
        long millis = i % 10 == 9 ? 5 : 1000 + i;
        producer
            .send(
                new ProducerRecord<>(
                    topic,
                    0,
                    null,
                    request(gauge("g", point(millis, i), point(1000 + i, i, "k", "v")))))
            .get();
      }
    }
    // Then what is late by itself is a dead letter, unless it came first in its request
    await()
        .untilAsserted(
            () ->
                assertThat(backend.stored().get(Map.of("__name__", "g", "k", "v", "job", "shop")))
                    .hasSize(50));
    await()
        .untilAsserted(
            () ->
                assertThat(
                        count("millrace.delivered.items")
                            + count("millrace.dead.lettered.items", "reason", "out_of_order")
                            + count("millrace.dead.lettered.items", "reason", "duplicate"))
                    .isEqualTo(100));
  }

  private Receiver backend(Receiver.Kind kind) throws Exception {
    Receiver backend = Receiver.start(kind);
    opened.add(backend);
    return backend;
  }

  private void start(Receiver backend, String more) throws Exception {
    configure(backend, more);
    start();
  }

  private void start() {
    opened.add(MetricsProcessor.start(config, registry));
  }

  /** Makes the topics, too. */
  private void configure(Receiver backend, String more) throws Exception {
    Path file = dir.resolve(topic + ".yaml");
    Files.writeString(
        file,
        """
        kafka: {bootstrap-servers: '%s'}
        topics:
          metrics: {name: %s, partitions: %d, replication-factor: 1}
          dead-letter-partitions: 1
        metrics:
          delivery:
            group-prefix: %s
            batch: {max-bytes: 8KiB, max-wait: 20ms}
            retry: {initial: 5ms, max: 20ms}
            max-in-flight-bytes: 1MiB
            commit-interval: 50ms
          destinations:
            backend:
              url: %s
              %s
        """
            .formatted(broker.bootstrapServers(), topic, PARTITIONS, topic, backend.url(), more));
    config = ConfigReader.read(MetricsConfig.DEFAULT, Set.of(), file, List.of(), Map.of());
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      assertThat(admin.apply(config.topics().catalogue(Signal.METRICS))).isEmpty();
    }
  }

  /** Two series each, on a partition of their own, a sample every millisecond. */
  private void produce(int from, int to) {
    try (var producer = producer()) {
      for (int i = from; i < to; i++) {
        int partition = i % PARTITIONS;
        byte[] value =
            request(
                gauge("g", point(i, i, "p", "" + partition)),
                gauge("h", point(i, -i, "p", "" + partition)));
        producer.send(new ProducerRecord<>(topic, partition, null, value));
      }
    }
  }

  private static void awaitStored(Receiver backend, int samples) {
    Map<Map<String, String>, Map<Long, Double>> expected = new HashMap<>();
    for (int i = 0; i < samples; i++) {
      String partition = "" + i % PARTITIONS;
      Map<String, String> g = Map.of("__name__", "g", "p", partition, "job", "shop");
      Map<String, String> h = Map.of("__name__", "h", "p", partition, "job", "shop");
      expected.computeIfAbsent(g, key -> new LinkedHashMap<>()).put((long) i, (double) i);
      expected.computeIfAbsent(h, key -> new LinkedHashMap<>()).put((long) i, (double) -i);
    }
    await().untilAsserted(() -> assertThat(backend.stored()).isEqualTo(expected));
  }

  private void assertBalance(int delivered, int dead) {
    await().untilAsserted(() -> assertThat(count("millrace.delivered.items")).isEqualTo(delivered));
    assertThat(
            registry.find("millrace.dead.lettered.items").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum())
        .isEqualTo(dead);
    assertThat(count("millrace.rejected.items")).isZero();
    assertThat(count("millrace.consumed.items")).isEqualTo(delivered + dead);
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private List<ConsumerRecord<byte[], byte[]>> dead(int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            kafka.clientProperties("reader"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition id = new TopicPartition(topic + "-dead", 0);
      consumer.assign(List.of(id));
      consumer.seekToBeginning(List.of(id));
      await()
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= count;
              });
    }
    return records;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
