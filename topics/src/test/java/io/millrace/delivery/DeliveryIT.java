package io.millrace.delivery;

import static io.millrace.delivery.ScriptedDestination.now;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.daemon.Version;
import io.millrace.otlp.Signal;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.Topic;
import io.millrace.topics.TopicsAdmin;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
import org.slf4j.LoggerFactory;

/** The delivery loop on a real broker, with a destination that answers as each test asks. */
@Tag(Broker.ANY)
@Timeout(120)
class DeliveryIT {

  private static final int PARTITIONS = 4;
  private static final DeliveryConfig CONFIG =
      new DeliveryConfig(
          "test",
          new BatchConfig(4096, Duration.ofMillis(20)),
          new RetryConfig(Duration.ofMillis(10), Duration.ofMillis(50)),
          1 << 20,
          8,
          Duration.ofMillis(50),
          Duration.ofSeconds(10));

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Delivery> running = new ArrayList<>();
  private String topic;

  @BeforeAll
  static void startBroker() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(40));
    broker = Broker.forTests(dir);
    kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    create(topic, PARTITIONS);
    create(topic + "-dead", 1);
  }

  @AfterEach
  void stopDeliveries() {
    running.forEach(Delivery::close);
  }

  @Test
  void shouldDeliverEverythingAndCommitIt() {
    // Given
    produce(0, 500);
    ScriptedDestination backend = new ScriptedDestination(4);
    // When
    start(backend);
    // Then
    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(range(0, 500)));
    awaitCommitted(500);
    assertBalance(Map.of("consumed", 500, "delivered", 500));
  }

  /** Or a group would never be at the end of a topic that is written in transactions. */
  @Test
  void shouldCommitTheMarkOfATransactionAndDeliverNothingOfOneThatWasAborted() {
    // Given
    ScriptedDestination backend = new ScriptedDestination(4);
    start(backend);
    Map<String, Object> properties = kafka.clientProperties("transactions");
    properties.put("transactional.id", topic);
    // When
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, null, log(1, "1").toByteArray()));
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, null, log(2, "2").toByteArray()));
      producer.flush();
      producer.abortTransaction();
    }
    // Then two records and a mark behind each
    awaitCommitted(4);
    assertThat(numbers(backend)).isEqualTo(Set.of(1));
  }

  @Test
  void shouldGoOnFromWhereItStoppedAndRepeatNothing() {
    produce(0, 200);
    ScriptedDestination first = new ScriptedDestination(4);
    Delivery delivery = start(first);
    await().until(() -> numbers(first).size() == 200);
    delivery.close();

    produce(200, 400);
    ScriptedDestination second = new ScriptedDestination(4);
    start(second);

    await().untilAsserted(() -> assertThat(numbers(second)).isEqualTo(range(200, 400)));
  }

  @Test
  void shouldNotCommitWhatTheBackendHasNotAccepted() {
    produce(0, 100);
    AtomicBoolean away = new AtomicBoolean(true);
    ScriptedDestination backend =
        new ScriptedDestination(1)
            .answering(
                batch ->
                    now(away.get() ? new Answer.Busy(Duration.ZERO, "away") : Answer.Accepted.ALL));
    start(backend);
    await().until(() -> counter("millrace.retries") > 20);
    assertThat(committed().values()).allMatch(offset -> offset == 0);
    assertThat(numbers(backend)).isEmpty();
    assertThat(gauge("millrace.in.flight.items")).isEqualTo(100);

    assertThat(gauge("millrace.partition.lag.records")).isEqualTo(100);
    assertThat(gauge("millrace.partition.lag.bytes"))
        .isBetween(100.0, 100.0 * log(100, "line").getSerializedSize());
    assertThat(gauge("millrace.partition.lag.seconds")).isPositive();
    assertThat(counter("millrace.redelivered.items")).isPositive();

    away.set(false);

    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(range(0, 100)));
    awaitCommitted(100);
    assertBalance(Map.of("consumed", 100, "delivered", 100));
    await().until(() -> gauge("millrace.partition.lag.records") == 0);
    assertThat(gauge("millrace.partition.lag.seconds")).isZero();
    assertThat(registry.find("millrace.partition.lag.records").gauges()).hasSize(PARTITIONS);
    assertThat(
            registry
                .get("millrace.tenant.items")
                .tags("tenant", "acme", "outcome", "delivered")
                .counter()
                .count())
        .isEqualTo(100);
  }

  @Test
  void shouldTellOfRecordsThatCameWhileTheBackendIsAway() {
    // Given more than the memory bound lets it read, and more behind it
    byte[] value = log(0, "x".repeat(100_000)).toByteArray();
    try (var producer = producer()) {
      for (int i = 0; i < 30; i++) {
        producer.send(new ProducerRecord<>(topic, 0, null, value));
      }
    }
    ScriptedDestination backend =
        new ScriptedDestination(1).answering(batch -> now(new Answer.Busy(Duration.ZERO, "away")));
    start(backend);
    await().until(() -> counter("millrace.retries") >= 3);
    // When more comes to a partition that is paused
    produce(0, 40);
    // Then it is told of all the same
    await().untilAsserted(() -> assertThat(gauge("millrace.partition.lag.records")).isEqualTo(70));
  }

  @Test
  void shouldKeepTheOrderOfAPartitionThroughRetriesAndBisection() {
    produce(0, 300);
    AtomicInteger calls = new AtomicInteger();
    ScriptedDestination backend =
        new ScriptedDestination(1)
            .answering(
                batch -> {
                  int call = calls.incrementAndGet();
                  if (batch.values().size() > 3 && call % 3 == 0) {
                    return now(new Answer.Refused(DeadReason.TOO_LARGE, "too large"));
                  }
                  return now(
                      call % 3 == 1 ? new Answer.Busy(Duration.ZERO, "busy") : Answer.Accepted.ALL);
                });
    start(backend);
    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(range(0, 300)));
    assertInOrder(backend);
  }

  /** A tenant's burst that is less than a batch: waiting alone would never help. */
  @Test
  void shouldDeliverInOrderWhatIsMoreThanALimitEverLetsThroughAtOnce() {
    produce(0, 300);
    ScriptedDestination backend =
        new ScriptedDestination(1)
            .answering(
                batch ->
                    now(
                        batch.items() > 5
                            ? new Answer.Busy(Duration.ZERO, true, "burst is 5")
                            : Answer.Accepted.ALL));
    start(backend);
    awaitCommitted(300);
    assertThat(backend.offered).anyMatch(batch -> batch.items() > 5);
    assertThat(backend.values()).hasSize(300);
    assertThat(numbers(backend)).isEqualTo(range(0, 300));
    assertInOrder(backend);
    assertBalance(Map.of("consumed", 300, "delivered", 300));
  }

  private static void assertInOrder(ScriptedDestination backend) {
    Map<Integer, Integer> last = new TreeMap<>();
    for (byte[] value : backend.values()) {
      int number = number(value);
      int previous = last.getOrDefault(number % PARTITIONS, -1);
      assertThat(number).isGreaterThan(previous);
      last.put(number % PARTITIONS, number);
    }
  }

  @Test
  void shouldSendWhatIsRefusedForGoodToTheDeadLetterTopicAndDeliverTheRest() {
    // Given
    produce(0, 200);
    ScriptedDestination backend =
        new ScriptedDestination(4)
            .answering(
                batch ->
                    now(
                        batch.values().stream().anyMatch(value -> number(value) % 50 == 7)
                            ? new Answer.Refused(DeadReason.REFUSED, "no sevens")
                            : Answer.Accepted.ALL));
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger logger = (Logger) LoggerFactory.getLogger(DeliveryLoop.class);
    logger.addAppender(lines);
    // When
    start(backend);
    // Then
    Set<Integer> refused = Set.of(7, 57, 107, 157);
    Set<Integer> rest = new HashSet<>(range(0, 200));
    rest.removeAll(refused);
    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(rest));
    awaitCommitted(200);
    logger.detachAppender(lines);
    assertThat(lines.list)
        .noneMatch(line -> line.getFormattedMessage().startsWith("destination-away"));
    List<ConsumerRecord<byte[], byte[]>> dead = read(topic + "-dead", 4);
    assertThat(dead)
        .extracting(record -> number(record.value()))
        .containsOnlyOnceElementsOf(refused);
    for (ConsumerRecord<byte[], byte[]> letter : dead) {
      int number = number(letter.value());
      assertThat(header(letter, DeadLetterHeaders.REASON)).isEqualTo("refused");
      assertThat(header(letter, DeadLetterHeaders.MESSAGE)).isEqualTo("no sevens");
      assertThat(header(letter, DeadLetterHeaders.TOPIC)).isEqualTo(topic);
      assertThat(header(letter, DeadLetterHeaders.PARTITION)).isEqualTo("" + number % PARTITIONS);
      assertThat(header(letter, DeadLetterHeaders.OFFSET)).isEqualTo("" + number / PARTITIONS);
      assertThat(header(letter, DeadLetterHeaders.TIMESTAMP)).matches("[1-9][0-9]{12}");
      assertThat(header(letter, DeadLetterHeaders.DESTINATION)).isEqualTo("backend");
      assertThat(header(letter, DeadLetterHeaders.ATTEMPTS)).matches("[1-9][0-9]?");
      assertThat(header(letter, DeadLetterHeaders.VERSION)).isEqualTo(Version.current().version());
      assertThat(header(letter, RecordHeaders.TENANT)).isEqualTo("acme");
    }
    assertBalance(Map.of("consumed", 200, "delivered", 196, "dead.lettered", 4));
  }

  @Test
  void shouldDeadLetterOnlyTheRefusedItemsOfARecordAndCommitWhenAllAreSettled() throws Exception {
    // Given a record of 100 lines, a dead-letter topic that is not there yet, two bad lines
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.deleteTopics(List.of(topic + "-dead")).all().get();
    }
    try (var producer = producer()) {
      var lines = ExportLogsServiceRequest.newBuilder();
      IntStream.range(0, 100).forEach(number -> lines.mergeFrom(log(number, "line " + number)));
      producer.send(new ProducerRecord<>(topic, 0, null, lines.build().toByteArray()));
    }
    ScriptedDestination backend =
        new ScriptedDestination(1)
            .answering(
                batch ->
                    now(
                        allNumbers(batch.values()).stream().anyMatch(n -> n == 17 || n == 71)
                            ? new Answer.Refused(DeadReason.TOO_OLD, "too old")
                            : Answer.Accepted.ALL));
    // When
    start(backend);
    // Then nothing is committed while one of its items has no outcome
    await().until(() -> counter("millrace.retries") >= 3);
    assertThat(committed().values()).allMatch(offset -> offset == 0);
    create(topic + "-dead", 1);
    awaitCommitted(1);
    // and the two stand alone
    List<ConsumerRecord<byte[], byte[]>> dead = read(topic + "-dead", 2);
    assertThat(dead)
        .extracting(letter -> allNumbers(List.of(letter.value())))
        .containsExactly(List.of(17), List.of(71));
    assertThat(header(dead.get(0), DeadLetterHeaders.REASON)).isEqualTo("too_old");
    assertThat(header(dead.get(0), RecordHeaders.ITEMS)).isEqualTo("1");
    assertThat(allNumbers(backend.values()))
        .containsExactlyElementsOf(
            IntStream.range(0, 100).filter(n -> n != 17 && n != 71).boxed().toList());
    assertBalance(Map.of("consumed", 100, "delivered", 98, "dead.lettered", 2));
    assertThat(gauge("millrace.in.flight.bytes")).isZero();
  }

  @Test
  void shouldDeadLetterWhatIsNotOtlpAndGoOn() {
    produce(0, 10);
    try (var producer = producer()) {
      producer.send(new ProducerRecord<>(topic, 0, null, new byte[] {10, 127, 1}));
      producer.send(new ProducerRecord<>(topic, 1, null, null));
    }
    produce(10, 20);
    ScriptedDestination backend = new ScriptedDestination(4);
    start(backend);

    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(range(0, 20)));
    awaitCommitted(22);
    ConsumerRecord<byte[], byte[]> letter = read(topic + "-dead", 1).get(0);
    assertThat(letter.value()).containsExactly(10, 127, 1);
    assertThat(header(letter, DeadLetterHeaders.REASON)).isEqualTo("malformed");
    assertBalance(Map.of("consumed", 21, "delivered", 20, "dead.lettered", 1));
  }

  @Test
  void shouldDeadLetterATenantThatCannotTravelAndGoOn() {
    try (var producer = producer()) {
      var record = new ProducerRecord<byte[], byte[]>(topic, 0, null, log(0, "x").toByteArray());
      RecordHeaders.put(record.headers(), RecordHeaders.TENANT, "acme\r\nEvil: 1");
      producer.send(record);
    }
    produce(1, 20);
    ScriptedDestination backend = new ScriptedDestination(4);
    start(backend);

    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(range(1, 20)));
    awaitCommitted(20);
    assertThat(header(read(topic + "-dead", 1).get(0), DeadLetterHeaders.REASON))
        .isEqualTo("malformed");
    assertBalance(Map.of("consumed", 20, "delivered", 19, "dead.lettered", 1));
  }

  @Test
  void shouldWaitWhenTheDeadLetterTopicIsMissingAndGoOnWhenItIsThere() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.deleteTopics(List.of(topic + "-dead")).all().get();
    }
    produce(0, 1);
    ScriptedDestination backend =
        new ScriptedDestination(4)
            .answering(batch -> now(new Answer.Refused(DeadReason.REFUSED, "no")));
    start(backend);
    await().until(() -> counter("millrace.retries") >= 3);
    assertThat(committed().values()).allMatch(offset -> offset == 0);

    create(topic + "-dead", 1);

    assertThat(read(topic + "-dead", 1)).hasSize(1);
    awaitCommitted(1);
  }

  @Test
  void shouldCountWhatAPartialSuccessRejects() {
    produce(0, 10);
    ScriptedDestination backend =
        new ScriptedDestination(4)
            .answering(batch -> now(new Answer.Accepted(batch.items() > 0 ? 1 : 0, "one bad")));
    start(backend);
    awaitCommitted(10);
    int batches = backend.accepted.size();
    assertBalance(Map.of("consumed", 10, "delivered", 10 - batches, "rejected", batches));
  }

  @Test
  void shouldLetOtherPartitionsGoOnWhileOneWaits() {
    produce(0, 400);
    CompletableFuture<Answer> never = new CompletableFuture<>();
    ScriptedDestination backend =
        new ScriptedDestination(1)
            .answering(
                batch ->
                    number(batch.values().get(0)) % PARTITIONS == 2
                        ? never
                        : now(Answer.Accepted.ALL));
    start(backend);
    Set<Integer> others = new HashSet<>(range(0, 400));
    others.removeIf(number -> number % PARTITIONS == 2);
    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(others));
    await().until(() -> sum(committed()) == 300);
    assertThat(committed()).containsEntry(2, 0L);
    never.complete(Answer.Accepted.ALL);
  }

  @Test
  void shouldHoldNoMoreThanItsMemoryBoundWhileTheBackendIsAway() {
    // Given 8 MiB on one partition and a bound of 1 MiB
    byte[] value = log(0, "x".repeat(8000)).toByteArray();
    try (var producer = producer()) {
      for (int i = 0; i < 1000; i++) {
        producer.send(new ProducerRecord<>(topic, 0, null, value));
      }
    }
    AtomicBoolean away = new AtomicBoolean(true);
    ScriptedDestination backend =
        new ScriptedDestination(1)
            .answering(
                batch ->
                    now(away.get() ? new Answer.Busy(Duration.ZERO, "away") : Answer.Accepted.ALL));
    // When
    start(backend);
    await().until(() -> counter("millrace.retries") > 50);
    // Then the partition's share of the bound, and at most one record more
    assertThat(gauge("millrace.in.flight.bytes"))
        .isBetween(200_000.0, (double) (1 << 20) / PARTITIONS + value.length);
    away.set(false);
    awaitCommitted(1000);
    assertThat(gauge("millrace.in.flight.bytes")).isZero();
  }

  @Test
  void shouldLoseNothingWhenProcessorsJoinAndLeave() {
    // Given one processor under load
    ScriptedDestination first = slow();
    ScriptedDestination second = slow();
    Delivery leaving = start(first);
    produce(0, 1000);
    await().until(() -> numbers(first).size() > 50);
    // When another joins, and then the first leaves
    start(second);
    AtomicInteger produced = new AtomicInteger(1000);
    await()
        .until(
            () -> {
              produce(produced.get(), produced.addAndGet(40));
              return numbers(second).size() > 50;
            });
    produce(produced.get(), produced.addAndGet(1000));
    leaving.close();
    // Then
    await()
        .untilAsserted(
            () -> {
              Set<Integer> all = new HashSet<>(numbers(first));
              all.addAll(numbers(second));
              assertThat(all).isEqualTo(range(0, produced.get()));
            });
    awaitCommitted(produced.get());
    // and what drained before it was handed over was not delivered twice
    assertThat(first.values().size() + second.values().size()).isEqualTo(produced.get());
  }

  @Test
  void shouldHandBackWhatCannotBeDrainedInTime() {
    produce(0, 40);
    ScriptedDestination stuck =
        new ScriptedDestination(4).answering(batch -> new CompletableFuture<>());
    DeliveryConfig impatient =
        new DeliveryConfig(
            "test",
            CONFIG.batch(),
            CONFIG.retry(),
            CONFIG.maxInFlightBytes(),
            CONFIG.maxRequestsInFlight(),
            CONFIG.commitInterval(),
            Duration.ofMillis(200));
    Delivery delivery = start(stuck, impatient);
    await().until(() -> stuck.offered.size() >= PARTITIONS);
    delivery.close();
    assertBalance(Map.of("consumed", 40, "handed.back", 40));
    assertThat(committed().values()).allMatch(offset -> offset == 0);

    ScriptedDestination backend = new ScriptedDestination(4);
    start(backend);
    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(range(0, 40)));
  }

  @Test
  void shouldSayHowManyRecordsRetentionTookFirst() throws Exception {
    produce(0, 40);
    ScriptedDestination first = new ScriptedDestination(4);
    Delivery delivery = start(first);
    awaitCommitted(40);
    delivery.close();
    produce(40, 80);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 1), RecordsToDelete.beforeOffset(15)))
          .all()
          .get();
    }

    ScriptedDestination backend = new ScriptedDestination(4);
    start(backend);

    Set<Integer> left = new HashSet<>(range(40, 80));
    left.removeIf(number -> number % PARTITIONS == 1 && number / PARTITIONS < 15);
    await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(left));
    assertThat(counter("millrace.expired.records")).isEqualTo(5);
  }

  @Test
  void shouldGoOnAfterABrokerRestart(@TempDir Path own) {
    EmbeddedBroker restarted = EmbeddedBroker.start(own, 0);
    int port = Integer.parseInt(restarted.bootstrapServers().replaceAll(".*:", ""));
    KafkaConfig config = new KafkaConfig(restarted.bootstrapServers(), Map.of());
    ScriptedDestination backend = new ScriptedDestination(4);
    try {
      create(config, topic, PARTITIONS);
      create(config, topic + "-dead", 1);
      Delivery delivery = start(config, backend, CONFIG);
      produce(config, 0, 100);
      await().until(() -> numbers(backend).size() == 100);
      assertThat(delivery.unready()).isEmpty();
      restarted.close();
      await()
          .untilAsserted(
              () ->
                  assertThat(delivery.unready())
                      .hasValue(
                          "logs-backend: no connection to Kafka at " + config.bootstrapServers()));
      restarted = EmbeddedBroker.start(own, port);
      produce(config, 100, 200);
      await().untilAsserted(() -> assertThat(numbers(backend)).isEqualTo(range(0, 200)));
      await().untilAsserted(() -> assertThat(delivery.unready()).isEmpty());
      stopDeliveries();
      running.clear();
    } finally {
      restarted.close();
    }
  }

  // ---------------------------------------------------------------- helpers

  private ScriptedDestination slow() {
    return new ScriptedDestination(2)
        .answering(
            batch ->
                CompletableFuture.supplyAsync(
                    () -> Answer.Accepted.ALL,
                    CompletableFuture.delayedExecutor(
                        5, java.util.concurrent.TimeUnit.MILLISECONDS)));
  }

  private Delivery start(ScriptedDestination destination) {
    return start(destination, CONFIG);
  }

  private Delivery start(ScriptedDestination destination, DeliveryConfig config) {
    return start(kafka, destination, config);
  }

  private Delivery start(KafkaConfig at, ScriptedDestination destination, DeliveryConfig config) {
    DeliveryConfig own =
        new DeliveryConfig(
            topic,
            config.batch(),
            config.retry(),
            config.maxInFlightBytes(),
            config.maxRequestsInFlight(),
            config.commitInterval(),
            config.drainTimeout());
    Delivery delivery =
        Delivery.start(
            new Delivery.Route(Signal.LOGS, topic, topic + "-dead", "backend"),
            at,
            own,
            () -> Stage.passThrough(Signal.LOGS),
            destination,
            registry);
    running.add(delivery);
    return delivery;
  }

  private void create(String name, int partitions) {
    create(kafka, name, partitions);
  }

  private static void create(KafkaConfig at, String name, int partitions) {
    try (TopicsAdmin admin = TopicsAdmin.connect(at)) {
      Topic wanted =
          new Topic(name, partitions, 1, Map.of("message.timestamp.type", "LogAppendTime"));
      assertThat(admin.apply(List.of(wanted))).isEmpty();
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return producer(kafka);
  }

  private static KafkaProducer<byte[], byte[]> producer(KafkaConfig at) {
    Map<String, Object> properties = at.clientProperties("test");
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private void produce(int from, int to) {
    produce(kafka, from, to);
  }

  /** Number n goes to partition n % PARTITIONS. */
  private void produce(KafkaConfig at, int from, int to) {
    try (var producer = producer(at)) {
      for (int number = from; number < to; number++) {
        var record =
            new ProducerRecord<byte[], byte[]>(
                topic, number % PARTITIONS, null, log(number, "line").toByteArray());
        RecordHeaders.put(record.headers(), RecordHeaders.TENANT, "acme");
        producer.send(record);
      }
    }
  }

  private static ExportLogsServiceRequest log(int number, String text) {
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .addScopeLogs(
                    ScopeLogs.newBuilder()
                        .addLogRecords(
                            LogRecord.newBuilder()
                                .setTimeUnixNano(number)
                                .setBody(AnyValue.newBuilder().setStringValue(text)))))
        .build();
  }

  private static int number(byte[] value) {
    try {
      return (int)
          ExportLogsServiceRequest.parseFrom(value)
              .getResourceLogs(0)
              .getScopeLogs(0)
              .getLogRecords(0)
              .getTimeUnixNano();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Integer> allNumbers(List<byte[]> values) {
    List<Integer> numbers = new ArrayList<>();
    try {
      for (byte[] value : values) {
        for (ResourceLogs logs : ExportLogsServiceRequest.parseFrom(value).getResourceLogsList()) {
          numbers.add((int) logs.getScopeLogs(0).getLogRecords(0).getTimeUnixNano());
        }
      }
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return numbers;
  }

  private static Set<Integer> numbers(ScriptedDestination destination) {
    Set<Integer> numbers = ConcurrentHashMap.newKeySet();
    destination.values().forEach(value -> numbers.add(number(value)));
    return numbers;
  }

  private static Set<Integer> range(int from, int to) {
    return new HashSet<>(IntStream.range(from, to).boxed().toList());
  }

  private void awaitCommitted(long records) {
    await().untilAsserted(() -> assertThat(sum(committed())).isEqualTo(records));
  }

  private static long sum(Map<Integer, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Committed offset by partition; 0 where there is none. */
  private Map<Integer, Long> committed() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      Map<Integer, Long> offsets = new TreeMap<>();
      IntStream.range(0, PARTITIONS).forEach(partition -> offsets.put(partition, 0L));
      Map<TopicPartition, OffsetAndMetadata> found =
          admin
              .listConsumerGroupOffsets(topic + "-logs-backend")
              .partitionsToOffsetAndMetadata()
              .get();
      found.forEach((id, offset) -> offsets.put(id.partition(), offset.offset()));
      return offsets;
    } catch (java.util.concurrent.ExecutionException e) {
      return Map.of();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String from, int count) {
    Map<String, Object> properties = kafka.clientProperties("reader");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition id = new TopicPartition(from, 0);
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

  private double counter(String name) {
    Collection<Counter> counters = registry.find(name).counters();
    return counters.stream().mapToDouble(Counter::count).sum();
  }

  private double gauge(String name) {
    return registry.find(name).gauges().stream().mapToDouble(Gauge::value).sum();
  }

  /** Every term of the balance, zeros too, and that it closes. */
  private void assertBalance(Map<String, Integer> expected) {
    List<String> outcomes =
        List.of("delivered", "sampled.out", "dropped", "dead.lettered", "rejected", "handed.back");
    await().untilAsserted(() -> assertThat(gauge("millrace.in.flight.items")).isZero());
    assertThat(counter("millrace.consumed.items"))
        .isEqualTo(expected.getOrDefault("consumed", 0).doubleValue());
    double sum = 0;
    for (String outcome : outcomes) {
      double found = counter("millrace." + outcome + ".items");
      assertThat(found).as(outcome).isEqualTo(expected.getOrDefault(outcome, 0).doubleValue());
      sum += found;
    }
    assertThat(sum).isEqualTo(counter("millrace.consumed.items"));
  }
}
