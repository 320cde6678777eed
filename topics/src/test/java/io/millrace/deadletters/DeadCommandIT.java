package io.millrace.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.Stage;
import io.millrace.destination.DestinationConfig;
import io.millrace.otlp.Signal;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processor.Processor;
import io.millrace.processor.ProcessorConfig;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a real broker, and processors that get what they redrive. */
@Tag(Broker.ANY)
@Timeout(180)
class DeadCommandIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;

  @TempDir private Path out;
  private String prefix;
  private String topic;
  private final StringWriter stdout = new StringWriter();
  private final StringWriter stderr = new StringWriter();

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
    prefix = test.getTestMethod().orElseThrow().getName() + ".";
    TopicsConfig topics =
        new TopicsConfig(
                prefix,
                TopicsConfig.DEFAULT.traces(),
                TopicsConfig.DEFAULT.metrics(),
                TopicsConfig.DEFAULT.logs(),
                2,
                Duration.ofDays(7))
            .withReplicationFactor(1);
    topic = topics.of(Signal.LOGS).name();
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      for (Signal signal : Signal.values()) {
        assertThat(admin.apply(topics.catalogue(signal))).isEmpty();
      }
    }
  }

  @Test
  void shouldCountByReasonAndShowOne() throws Exception {
    // Given
    letter(0, "too_old", "acme", "shop", "first");
    letter(0, "too_old", "acme", "pay", "second");
    letter(1, "refused", "other", "shop", "third");
    // When
    assertThat(run("list")).isZero();
    // Then
    assertThat(stdout.toString().lines().toList())
        .hasSize(9)
        .contains("logs/0/1 too_old: no second", "logs/1/0 refused: no third");
    assertThat(stdout.toString())
        .containsPattern("logs +refused +loki +1 +1 ")
        .containsPattern("logs +too_old +loki +2 +2 ");
    assertThat(stdout.toString().lines()).allMatch(line -> line.length() <= 80);

    assertThat(run("list", "--tenant", "acme", "--service", "pay", "--signal", "logs")).isZero();
    assertThat(stdout.toString()).contains("logs/0/1").doesNotContain("logs/0/0", "refused");
    assertThat(run("list", "--refused-by", "loki")).isZero();
    assertThat(stdout.toString()).contains("logs/0/0", "logs/0/1", "logs/1/0");
    assertThat(run("list", "--refused-by", "another")).isZero();
    assertThat(stdout.toString().lines()).containsExactly("No dead letters.");
    assertThat(run("list", "--from", "-1h", "--to", "-30m")).isZero();
    assertThat(stdout.toString().lines()).containsExactly("No dead letters.");

    assertThat(run("show", "logs/0/1")).isZero();
    JsonNode shown = JSON.readTree(stdout.toString());
    assertThat(shown.findValue("body").get("stringValue").asText()).isEqualTo("second");
    assertThat(stderr.toString())
        .contains("millrace-dead-reason: too_old", "X-Scope-OrgID: acme", "time: 20");
    assertThat(run("show", "logs/0/99")).isEqualTo(1);
    assertThat(stderr.toString().lines()).containsExactly("logs/0/99: no such letter");
  }

  @Test
  void shouldExportWhatCanBeReadAndWhatCannot() throws Exception {
    letter(0, "too_old", "acme", "shop", "first");
    try (var producer = producer()) {
      var record =
          new ProducerRecord<byte[], byte[]>(topic + "-dead", 0, null, new byte[] {10, 127, 1});
      RecordHeaders.put(record.headers(), DeadLetterHeaders.REASON, "malformed");
      producer.send(record);
    }
    Path file = out.resolve("letters.jsonl");

    assertThat(run("export", "--out", file.toString())).isZero();

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    assertThat(JSON.readTree(lines.get(0)).findValue("stringValue").asText()).isEqualTo("shop");
    assertThat(JSON.readTree(lines.get(1)).get("base64").binaryValue()).containsExactly(10, 127, 1);
    assertThat(run("show", "logs/0/1")).isZero();
    assertThat(stdout.toString().lines()).containsExactly("0a 7f 01 (3 bytes)");
    assertThat(run("export", "--out", file.toString())).isEqualTo(1);
    assertThat(stderr.toString()).startsWith("--out: " + file + " (expected: a file that can be");
  }

  @Test
  void shouldRedriveChosenLettersOnceEachToWhoRefusedThem() throws Exception {
    // Given 1,200 letters of loki's, one that another destination refused, two live destinations
    try (var producer = producer()) {
      for (int i = 0; i < 1200; i++) {
        producer.send(record(i % 2, "limit_exceeded", "acme", "shop", "line " + i, "loki", 0));
      }
      producer.send(record(0, "refused", "acme", "shop", "not chosen", "loki", 0));
      producer.send(record(0, "limit_exceeded", "acme", "shop", "often", "loki", 3));
    }
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Processor processor = processor(registry)) {
      await().until(() -> processor.unready().isEmpty());
      // When it is only looked at, then done, then done again
      assertThat(run("redrive", "--signal", "logs", "--reason", "limit_exceeded")).isZero();
      assertThat(stdout.toString())
          .containsPattern("limit_exceeded +1,200 +1,200 ")
          .contains("redriven 3 times or more (--max-redrives): 1", "Nothing was sent");
      for (int times = 0; times < 2; times++) {
        assertThat(run("redrive", "--signal", "logs", "--reason", "limit_exceeded", "--confirm"))
            .as(stderr.toString())
            .isZero();
      }
      assertThat(stdout.toString()).startsWith("No dead letters to redrive.");
      // Then each is delivered once, and by no other destination
      await().untilAsserted(() -> assertThat(count(registry, "consumed", "loki")).isEqualTo(1200));
      await().untilAsserted(() -> assertThat(count(registry, "dropped", "other")).isEqualTo(1200));
      assertThat(count(registry, "delivered", "other")).isZero();
      await().untilAsserted(() -> assertThat(bodies("loki").size()).isEqualTo(1200));
      assertThat(bodies("loki").values()).containsOnly(1);
    }
    ConsumerRecord<byte[], byte[]> sent = read(topic).get(0);
    assertThat(RecordHeaders.get(sent.headers(), DeadLetterHeaders.REDRIVEN)).hasValue("1");
    assertThat(RecordHeaders.get(sent.headers(), RecordHeaders.TENANT)).hasValue("acme");
    assertThat(sent.headers()).noneMatch(h -> h.key().startsWith(DeadLetterHeaders.PREFIX));
    // and what was not chosen is still there
    assertThat(run("list")).isZero();
    assertThat(stdout.toString()).contains("no not chosen", "redriven 3 times: no often");
  }

  /** It was at the limit when it came; to be redriven it needs headers more. */
  @Test
  void shouldPassOverALetterThatIsTooLargeAndSayWhich() throws Exception {
    // Given a letter before and one behind it
    limitOfSource(4096);
    byte[] noise = new byte[4096];
    new Random(1).nextBytes(noise);
    String large = Base64.getEncoder().encodeToString(noise);
    for (String body : List.of("first", large, "last")) {
      letter(1, "refused", "acme", "shop", body);
    }
    try (Processor processor = processor(new SimpleMeterRegistry())) {
      await().until(() -> processor.unready().isEmpty());
      // When
      assertThat(run("redrive", "--signal", "logs", "--confirm")).isEqualTo(1);
      // Then
      assertThat(stdout.toString().lines()).last().isEqualTo("2 letters sent to " + topic + ".");
      assertThat(stderr.toString().lines().toList())
          .hasSize(2)
          .first(STRING)
          .matches(
              "logs/1/1: too large \\("
                  + topic
                  + "-dead partition 1 offset 1: 5,\\d\\d\\d bytes\\)");
      assertThat(stderr.toString()).contains(topic + ": does not take 1 letters, which stay");
      await().untilAsserted(() -> assertThat(bodies("loki")).containsOnlyKeys("first", "last"));
    }
    // and it is a letter as before, and alone
    assertThat(run("list")).isZero();
    assertThat(stdout.toString()).contains("logs/1/1").doesNotContain("logs/1/0", "logs/1/2");
    // until there is room
    limitOfSource(8192);
    await().until(() -> run("redrive", "--signal", "logs", "--confirm") == 0);
    assertThat(run("list")).isZero();
    assertThat(stdout.toString().lines()).containsExactly("No dead letters.");
  }

  private void limitOfSource(int bytes) throws Exception {
    ConfigResource of = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    ConfigEntry entry = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
    List<AlterConfigOp> set = List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET));
    try (Admin admin = Admin.create(kafka.clientProperties("limit"))) {
      admin.incrementalAlterConfigs(Map.of(of, set)).all().get();
      await()
          .until(
              () ->
                  admin.describeConfigs(List.of(of)).all().get().get(of).get(entry.name()).value(),
              entry.value()::equals);
    }
  }

  @Test
  void shouldNotRedriveToNobody() {
    letter(0, "refused", "acme", "shop", "first");
    assertThat(run("redrive", "--signal", "logs", "--confirm")).isEqualTo(2);
    assertThat(stderr.toString().lines())
        .containsExactly(
            "--destination: not set (expected: one that has a consumer group; there is none for"
                + " loki)");
  }

  @Test
  void shouldDropChosenLettersAndDeleteWhatNobodyWaitsFor() {
    letter(0, "refused", "acme", "shop", "first");
    letter(0, "too_old", "acme", "shop", "second");
    letter(0, "refused", "acme", "shop", "third");

    assertThat(run("drop", "--signal", "logs", "--reason", "refused")).isZero();
    assertThat(stdout.toString()).contains("Nothing was dropped");
    assertThat(run("drop", "--signal", "logs", "--reason", "refused", "--confirm")).isZero();
    assertThat(stdout.toString()).contains("2 letters dropped.");

    assertThat(run("list")).isZero();
    assertThat(stdout.toString()).contains("second").doesNotContain("first", "third");
    assertThat(read(topic + "-dead").get(0).offset()).isEqualTo(1);
    assertThat(run("drop", "--signal", "logs", "--confirm")).isZero();
    assertThat(run("list")).isZero();
    assertThat(stdout.toString().lines()).containsExactly("No dead letters.");
    assertThat(read(topic + "-dead")).isEmpty();
  }

  @Test
  void shouldRefuseWhatItDoesNotKnow() {
    assertThat(run("list", "--reason", "bad")).isEqualTo(2);
    assertThat(stderr.toString())
        .startsWith("--reason: bad (expected: one of malformed, processing_failed, too_large,");
    assertThat(run("redrive")).isEqualTo(2);
    assertThat(stderr.toString())
        .startsWith("--signal: not set (expected: traces, metrics or logs)");
    assertThat(run("show", "logs/1")).isEqualTo(2);
    assertThat(stderr.toString()).startsWith("ID: logs/1 (expected: signal/partition/offset");
  }

  // ---------------------------------------------------------------- helpers

  private int run(String command, String... more) {
    stdout.getBuffer().setLength(0);
    stderr.getBuffer().setLength(0);
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--set", "kafka.bootstrap-servers=" + broker.bootstrapServers()));
    arguments.addAll(List.of("--set", "topics.prefix=" + prefix));
    arguments.addAll(List.of(more));
    return DeadCommand.commandLine()
        .setOut(new PrintWriter(stdout, true))
        .setErr(new PrintWriter(stderr, true))
        .execute(arguments.toArray(String[]::new));
  }

  private Processor processor(SimpleMeterRegistry registry) {
    return Processor.start(
        Signal.LOGS,
        kafka,
        new TopicConfig(topic, 12, 1, Duration.ofDays(1), 1 << 20),
        new ProcessorConfig(
            DeliveryConfig.DEFAULT,
            Map.of("loki", files("loki"), "other", files("other")),
            ProcessingConfig.DEFAULT),
        destination -> Stage.passThrough(Signal.LOGS),
        registry);
  }

  private DestinationConfig files(String name) {
    return DestinationConfig.to(out.resolve(name).toUri().toString());
  }

  /** How often each body stands in the files of a destination. */
  private Map<String, Integer> bodies(String destination) throws Exception {
    Map<String, Integer> bodies = new TreeMap<>();
    try (var files = Files.walk(out.resolve(destination))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(file)) {
          JsonNode logs = JSON.readTree(line);
          logs.findValues("body")
              .forEach(body -> bodies.merge(body.get("stringValue").asText(), 1, Integer::sum));
        }
      }
    }
    return bodies;
  }

  private static long count(SimpleMeterRegistry registry, String outcome, String destination) {
    return Math.round(
        registry
            .find("millrace." + outcome + ".items")
            .tag("destination", destination)
            .counters()
            .stream()
            .mapToDouble(Counter::count)
            .sum());
  }

  private void letter(int partition, String reason, String tenant, String service, String body) {
    try (var producer = producer()) {
      producer.send(record(partition, reason, tenant, service, body, "loki", 0));
    }
  }

  private ProducerRecord<byte[], byte[]> record(
      int partition,
      String reason,
      String tenant,
      String service,
      String body,
      String destination,
      int redriven) {
    var request = ExportLogsServiceRequest.newBuilder();
    var logs = request.addResourceLogsBuilder();
    var name = logs.getResourceBuilder().addAttributesBuilder().setKey("service.name");
    name.getValueBuilder().setStringValue(service);
    logs.addScopeLogsBuilder().addLogRecordsBuilder().getBodyBuilder().setStringValue(body);
    var record =
        new ProducerRecord<byte[], byte[]>(
            topic + "-dead", partition, null, request.build().toByteArray());
    RecordHeaders.put(record.headers(), RecordHeaders.TENANT, tenant);
    RecordHeaders.put(record.headers(), RecordHeaders.ITEMS, "1");
    RecordHeaders.put(record.headers(), DeadLetterHeaders.REASON, reason);
    RecordHeaders.put(record.headers(), DeadLetterHeaders.MESSAGE, "no " + body);
    RecordHeaders.put(record.headers(), DeadLetterHeaders.PARTITION, "" + partition);
    RecordHeaders.put(record.headers(), DeadLetterHeaders.DESTINATION, destination);
    if (redriven > 0) {
      RecordHeaders.put(record.headers(), DeadLetterHeaders.REDRIVEN, "" + redriven);
    }
    return record;
  }

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** What partition 0 holds now. */
  private static List<ConsumerRecord<byte[], byte[]>> read(String from) {
    TopicPartition id = new TopicPartition(from, 0);
    Map<String, Object> properties = kafka.clientProperties("reader");
    properties.put("isolation.level", "read_committed");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(id));
      consumer.seekToBeginning(List.of(id));
      long end = consumer.endOffsets(List.of(id)).getOrDefault(id, 0L);
      while (consumer.position(id) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }
}
