package io.millrace.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.Role;
import io.millrace.delivery.BatchConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.RetryConfig;
import io.millrace.logs.FakeLoki.Fault;
import io.millrace.otlp.Signal;
import io.millrace.processing.NamedPattern;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processing.RedactConfig;
import io.millrace.processing.RuleConfig;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Loki that is slow, fails, refuses and hangs up: nothing is lost and order is kept. */
@Tag(Broker.ANY)
@Timeout(180)
class LogsFaultsIT {

  private static final int PARTITIONS = 3;

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @BeforeAll
  static void startBroker() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(90));
    broker = Broker.forTests(dir);
    kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @ParameterizedTest
  @CsvSource({"push, /loki/api/v1/push", "otlp, /otlp"})
  void shouldStoreEveryLineInOrderAndDeadLetterOnlyWhatIsRefused(String name, String path)
      throws Exception {
    // Given a backend that goes wrong half of the time, and never takes some lines
    TopicsConfig topics = topics(name);
    Random random = new Random(7);
    try (NumberedLines lines = new NumberedLines(kafka, topics.logs().name(), PARTITIONS);
        FakeLoki loki =
            FakeLoki.start(
                () -> {
                  synchronized (random) {
                    return random.nextBoolean()
                        ? Fault.NONE
                        : Fault.values()[random.nextInt(Fault.values().length)];
                  }
                },
                LogsFaultsIT::isRefused)) {
      IntStream.range(0, 12).forEach(record -> lines.write());
      // When
      Role role = start(topics, loki.url(path));
      try {
        await().until(() -> settled() == PARTITIONS * lines.lines());
      } finally {
        role.close();
      }
      // Then
      Set<String> good = new HashSet<>();
      Set<String> bad = new TreeSet<>();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        for (int number = 0; number < lines.lines(); number++) {
          String line = partition + "/" + number;
          (isRefused(line) ? bad : good).add(line);
        }
      }
      assertThat(new HashSet<>(loki.stored())).isEqualTo(good);
      assertFirstOccurrencesInOrder(loki.stored());
      assertThat(deadLetters(topics, bad.size())).containsExactlyInAnyOrderElementsOf(bad);
      assertThat(counter("millrace.dead.lettered.items")).isEqualTo(bad.size());
      assertThat(counter("millrace.delivered.items")).isEqualTo(good.size());
      assertThat(gauge("millrace.in.flight.bytes")).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"redacted-push, /loki/api/v1/push", "redacted-otlp, /otlp"})
  void shouldLetNoSecretLeaveByAnyWay(String name, String path) throws Exception {
    // Given secrets in every place, in lines that are refused and in bytes that are no OTLP
    TopicsConfig topics = topics(name);
    String secret = "4111 1111 1111 1111";
    RuleConfig redact =
        rule(
            "secrets",
            Optional.empty(),
            Optional.of(
                new RedactConfig(List.of(NamedPattern.CARD_NUMBER), List.of(), Optional.empty())));
    RuleConfig drop = rule("every-third", Optional.of("IsMatch(body, \"^3\")"), Optional.empty());
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                kafka.clientProperties("secrets"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        FakeLoki loki = FakeLoki.start(() -> Fault.NONE, line -> line.startsWith("7"))) {
      for (int record = 0; record < 10; record++) {
        byte[] value = withSecrets(secret, record).toByteArray();
        producer.send(new ProducerRecord<>(topics.logs().name(), record % PARTITIONS, null, value));
      }
      byte[] broken = ("\n\177" + secret).getBytes(UTF_8);
      producer.send(new ProducerRecord<>(topics.logs().name(), 0, null, broken));
      producer.flush();
      // When
      ProcessingConfig processing =
          new ProcessingConfig(List.of(redact, drop), ProcessingConfig.Letters.PROCESSED);
      Role role = start(topics, loki.url(path), processing);
      try {
        await().until(() -> settled() + counter("millrace.dropped.items") == 101);
      } finally {
        role.close();
      }
      // Then
      assertThat(counter("millrace.consumed.items")).isEqualTo(101);
      assertThat(counter("millrace.dropped.items")).isEqualTo(10);
      assertThat(counter("millrace.dead.lettered.items")).isEqualTo(11);
      assertThat(loki.stored()).isNotEmpty();
      for (byte[] request : loki.requests()) {
        assertThat(new String(request, ISO_8859_1)).contains("****").doesNotContain(secret);
      }
      for (ConsumerRecord<byte[], byte[]> letter : read(topics.logs().deadLetterName(), 11)) {
        assertThat(new String(letter.value(), ISO_8859_1)).contains("***").doesNotContain(secret);
      }
    }
  }

  /** Ten lines; number n begins with n. */
  private static ExportLogsServiceRequest withSecrets(String secret, int record) {
    AnyValue text = AnyValue.newBuilder().setStringValue("card " + secret).build();
    KeyValue attribute = KeyValue.newBuilder().setKey("card").setValue(text).build();
    ArrayValue list = ArrayValue.newBuilder().addValues(text).build();
    KeyValueList map =
        KeyValueList.newBuilder()
            .addValues(attribute)
            .addValues(
                KeyValue.newBuilder()
                    .setKey("list")
                    .setValue(AnyValue.newBuilder().setArrayValue(list)))
            .build();
    KeyValue nested =
        KeyValue.newBuilder()
            .setKey("deep")
            .setValue(AnyValue.newBuilder().setKvlistValue(map))
            .build();
    ScopeLogs.Builder scope = ScopeLogs.newBuilder();
    scope.getScopeBuilder().addAttributes(attribute);
    for (int line = 0; line < 10; line++) {
      scope.addLogRecords(
          LogRecord.newBuilder()
              .setTimeUnixNano(1_760_000_000_000_000_000L + record * 10 + line)
              .setBody(AnyValue.newBuilder().setStringValue(line + " paid by " + secret))
              .addAttributes(attribute)
              .addAttributes(nested));
    }
    ResourceLogs.Builder resource = ResourceLogs.newBuilder().addScopeLogs(scope);
    resource.getResourceBuilder().addAttributes(attribute).addAttributes(nested);
    return ExportLogsServiceRequest.newBuilder().addResourceLogs(resource).build();
  }

  private static RuleConfig rule(
      String name, Optional<String> drop, Optional<RedactConfig> redact) {
    return new RuleConfig(
        name,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        List.of(),
        Map.of(),
        drop,
        Optional.empty(),
        redact,
        Optional.empty());
  }

  @Test
  void shouldHoldNoMoreThanItsBoundWhileTheBackendAnswersNothing() throws Exception {
    TopicsConfig topics = topics("slow");
    CountDownLatch answering = new CountDownLatch(1);
    try (NumberedLines lines = new NumberedLines(kafka, topics.logs().name(), PARTITIONS);
        FakeLoki loki =
            FakeLoki.start(
                () -> {
                  try {
                    answering.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return Fault.NONE;
                },
                line -> false)) {
      // 3 MiB against a bound of 1 MiB
      IntStream.range(0, 600).forEach(record -> lines.write());
      Role role = start(topics, loki.url("/loki/api/v1/push"));
      try {
        await().until(() -> gauge("millrace.in.flight.bytes") > 900_000);
        assertThat(gauge("millrace.in.flight.bytes")).isLessThan((1 << 20) + 3 * 4096);
        answering.countDown();
        await().until(() -> settled() == PARTITIONS * lines.lines());
      } finally {
        answering.countDown();
        role.close();
      }
      assertThat(new HashSet<>(loki.stored())).hasSize(PARTITIONS * lines.lines());
    }
  }

  private static boolean isRefused(String line) {
    return Integer.parseInt(line.replaceFirst(".*/", "")) % 97 == 13;
  }

  private static void assertFirstOccurrencesInOrder(List<String> stored) {
    int[] last = new int[PARTITIONS];
    Arrays.fill(last, -1);
    for (String line : new LinkedHashSet<>(stored)) {
      int partition = Integer.parseInt(line.replaceFirst("/.*", ""));
      int number = Integer.parseInt(line.replaceFirst(".*/", ""));
      assertThat(number).as(line).isGreaterThan(last[partition]);
      last[partition] = number;
    }
  }

  private Role start(TopicsConfig topics, String url) {
    return start(topics, url, ProcessingConfig.DEFAULT);
  }

  private Role start(TopicsConfig topics, String url, ProcessingConfig processing) {
    DeliveryConfig delivery =
        new DeliveryConfig(
            topics.logs().name(),
            new BatchConfig(8 << 10, Duration.ofMillis(20)),
            new RetryConfig(Duration.ofMillis(5), Duration.ofMillis(20)),
            1 << 20,
            8,
            Duration.ofMillis(50),
            Duration.ofSeconds(10));
    LogsSection section =
        new LogsSection(delivery, Map.of("loki", LogsDestination.to(url)), processing);
    return LogsProcessor.start(
        new LogsConfig(kafka, topics, AdminConfig.DEFAULT, section), registry);
  }

  private static TopicsConfig topics(String name) {
    TopicConfig logs = new TopicConfig(name, PARTITIONS, 1, Duration.ofHours(1), 1 << 20);
    TopicsConfig topics =
        new TopicsConfig(
            "",
            TopicsConfig.DEFAULT.traces(),
            TopicsConfig.DEFAULT.metrics(),
            logs,
            1,
            Duration.ofDays(1));
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      assertThat(admin.apply(topics.withReplicationFactor(1).catalogue(Signal.LOGS))).isEmpty();
    }
    return topics;
  }

  /** The lines in the dead-letter topic: each alone, with the reason. */
  private static List<String> deadLetters(TopicsConfig topics, int count) throws Exception {
    List<String> lines = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> letter : read(topics.logs().deadLetterName(), count)) {
      assertThat(new String(letter.headers().lastHeader("millrace-dead-reason").value(), UTF_8))
          .isEqualTo("too_old");
      var request = ExportLogsServiceRequest.parseFrom(letter.value());
      assertThat(request.getResourceLogs(0).getResource().getAttributesCount()).isEqualTo(1);
      lines.add(
          request.getResourceLogs(0).getScopeLogs(0).getLogRecordsList().stream()
              .map(log -> log.getBody().getStringValue())
              .reduce("", String::concat));
    }
    return lines;
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = Collections.synchronizedList(new ArrayList<>());
    try (var consumer =
        new KafkaConsumer<>(
            kafka.clientProperties("reader"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition id = new TopicPartition(topic, 0);
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

  private double settled() {
    return counter("millrace.delivered.items") + counter("millrace.dead.lettered.items");
  }

  private double counter(String name) {
    return registry.find(name).counters().stream().mapToDouble(counter -> counter.count()).sum();
  }

  private double gauge(String name) {
    return registry.find(name).gauges().stream().mapToDouble(Gauge::value).sum();
  }
}
