package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.daemon.Daemon;
import io.millrace.otlp.Signal;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.Topic;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command on topics of a real broker that hold a record of one item for each second of ten
 * minutes.
 */
@Tag(Broker.ANY)
@Timeout(180)
class ReplayIT {

  private static final int PARTITIONS = 3;
  private static final int RECORDS = 600;
  private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

  /** From second 100 up to, not including, second 400. */
  private static final List<String> PERIOD =
      List.of("--from=2026-11-20T10:01:40Z", "--to=10:06:40Z");

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;
  private static Admin admin;

  @TempDir private Path out;
  private String prefix;
  private final StringWriter stdout = new StringWriter();
  private final StringWriter stderr = new StringWriter();

  @BeforeAll
  static void startBroker() {
    broker = Broker.forTests(dir.resolve("kafka"));
    kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
    admin = Admin.create(kafka.clientProperties("test"));
  }

  @AfterAll
  static void stopBroker() {
    admin.close();
    broker.close();
  }

  @BeforeEach
  void produce(TestInfo test) {
    prefix = test.getTestMethod().orElseThrow().getName() + ".";
    for (Signal signal : List.of(Signal.TRACES, Signal.LOGS)) {
      create(topic(signal), Map.of("message.timestamp.type", "CreateTime", "retention.ms", "-1"));
      create(topic(signal) + "-dead", Map.of());
      try (var producer = producer()) {
        for (int n = 0; n < RECORDS; n++) {
          // Spans of a trace, five in a row, stay together.
          var record =
              new ProducerRecord<byte[], byte[]>(
                  topic(signal),
                  n / 5 % PARTITIONS,
                  START.toEpochMilli() + n * 1000L,
                  null,
                  NumberedItems.request(signal, n, n + 1));
          if (n % 2 == 0) {
            RecordHeaders.put(record.headers(), RecordHeaders.TENANT, "acme");
          }
          producer.send(record);
        }
      }
    }
  }

  private void create(String name, Map<String, String> config) {
    try (TopicsAdmin topics = TopicsAdmin.connect(kafka)) {
      assertThat(topics.apply(List.of(new Topic(name, PARTITIONS, 1, config)))).isEmpty();
    }
  }

  private String topic(Signal signal) {
    return prefix + TopicsConfig.DEFAULT.of(signal).name();
  }

  @Test
  void shouldDeliverExactlyThePeriodAndTouchNoOtherGroup() throws Exception {
    // Given a live group at the end of its topic
    Map<TopicPartition, OffsetAndMetadata> live =
        Map.of(new TopicPartition(topic(Signal.LOGS), 0), new OffsetAndMetadata(200, "live"));
    admin.alterConsumerGroupOffsets("millrace-logs-live", live).all().get();
    // When
    assertThat(replay("logs")).as(stderr.toString()).isZero();
    // Then
    assertThat(delivered(Signal.LOGS)).containsExactlyInAnyOrderElementsOf(range(100, 400));
    assertThat(stdout.toString().lines())
        .first()
        .isEqualTo("logs from 2026-11-20T10:01:40Z to 2026-11-20T10:06:40Z: 300 records");
    assertThat(stdout.toString()).containsPattern("delivered +300");
    assertThat(
            admin
                .listConsumerGroupOffsets("millrace-logs-live")
                .partitionsToOffsetAndMetadata()
                .get())
        .isEqualTo(live);
    assertThat(replayGroups()).isEmpty();
  }

  @Test
  void shouldGoOnWhereItWasStopped() throws Exception {
    // Given a replay that takes its time
    List<String> arguments = arguments("logs", "--rate=2kB/s");
    try (ChildJvm first = ChildJvm.start(out, "io.millrace.standalone.ReplayCommand", arguments)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> delivered(Signal.LOGS).size() > 20);
      // When it is stopped, and run again
      assertThat(first.terminate()).as(first::output).isEqualTo(1);
      assertThat(first.stdout()).last().isEqualTo("Stopped. The same command goes on from here.");
      first.assertNoStackTrace();
    }
    int before = delivered(Signal.LOGS).size();
    assertThat(before).isBetween(21, 299);
    assertThat(replayGroups()).hasSize(1);
    // When it goes on with the range it had, as fast as it can
    assertThat(run(arguments.stream().map(a -> a.replace("2kB", "2MB")).toList())).isZero();
    // Then nothing is lost or repeated
    assertThat(stdout.toString())
        .contains("goes on where it was stopped: %d records are left".formatted(300 - before));
    assertThat(delivered(Signal.LOGS)).containsExactlyInAnyOrderElementsOf(range(100, 400));
    assertThat(replayGroups()).isEmpty();
  }

  @Test
  void shouldCountWithoutDelivering() throws Exception {
    assertThat(
            replay(
                "logs",
                "--dry-run",
                "--tenant=acme",
                "--service=service-3",
                "--where=attributes[\"n\"] < 200"))
        .as(stderr.toString())
        .isZero();
    assertThat(stdout.toString())
        .containsPattern("read +300")
        .containsPattern("would be delivered +" + chosen().size());
    assertThat(Files.exists(out.resolve("out"))).isFalse();
    assertThat(replayGroups()).isEmpty();
  }

  @Test
  void shouldDeliverOnlyWhatIsChosenAndMarkIt() {
    assertThat(
            replay(
                "logs",
                "--tenant=acme",
                "--service=service-3",
                "--where=attributes[\"n\"] < 200",
                "--mark=replayed=yes"))
        .as(stderr.toString())
        .isZero();
    List<Item> items = OutFiles.items(out, Signal.LOGS, "acme");
    assertThat(items)
        .extracting(item -> NumberedItems.number(Signal.LOGS, item))
        .containsExactlyInAnyOrderElementsOf(chosen());
    assertThat(items)
        .allSatisfy(
            item ->
                assertThat(item.resource().getAttributesList())
                    .extracting(KeyValue::getKey)
                    .contains("replayed"));
  }

  private static List<Integer> chosen() {
    return IntStream.range(100, 200).filter(n -> n % 2 == 0 && n % 7 == 3).boxed().toList();
  }

  @Test
  void shouldSampleAsThePoliciesSay() throws IOException {
    Path policies = out.resolve("policies.yaml");
    Files.writeString(
        policies,
        """
        decision_wait: 2s
        policies:
          - {name: third, type: ottl_condition, ottl_condition: {span: ['IsMatch(span.name, "[05]0$")']}}
        """);

    assertThat(replay("traces", "--policies=" + policies)).as(stderr.toString()).isZero();
    // A trace has the numbers of five seconds, and two of them are waited for: the first decide.
    assertThat(delivered(Signal.TRACES))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(100, 400)
                .filter(n -> NumberedItems.firstOfTrace(n) % 50 == 0)
                .boxed()
                .toList());
    assertThat(stdout.toString()).containsPattern("sampled out +270");
  }

  @Test
  void shouldSayWhatIsGone() throws Exception {
    admin
        .deleteRecords(
            Map.of(new TopicPartition(topic(Signal.LOGS), 1), RecordsToDelete.beforeOffset(60)))
        .all()
        .get();
    assertThat(replay("logs")).isZero();
    // Offset 60 of partition 1 is number 185.
    assertThat(stdout.toString().lines())
        .contains(
            "%s-1: what was appended before 2026-11-20T10:03:05Z is gone (retention)"
                .formatted(topic(Signal.LOGS)));
    assertThat(delivered(Signal.LOGS))
        .containsExactlyInAnyOrderElementsOf(
            range(100, 400).stream().filter(n -> n / 5 % PARTITIONS != 1 || n >= 185).toList());
  }

  @Test
  void shouldPassOverWhatCannotBeReadAndWriteNoDeadLetter() {
    try (var producer = producer()) {
      producer.send(
          new ProducerRecord<>(
              topic(Signal.LOGS),
              0,
              START.toEpochMilli() + 700_000,
              null,
              new byte[] {10, 127, 1}));
    }
    assertThat(run(arguments("logs", "--from=2026-11-20T10:09:00Z", "--to=10:20Z"))).isZero();
    assertThat(stdout.toString())
        .containsPattern("delivered +60")
        .containsPattern("left out by unreadable +1");
    assertThat(delivered(Signal.LOGS)).containsExactlyInAnyOrderElementsOf(range(540, 600));
  }

  @Test
  void shouldSayThatCopiesWhichWereRedrivenAreLeftOut() {
    try (var producer = producer()) {
      var record =
          new ProducerRecord<byte[], byte[]>(
              topic(Signal.LOGS),
              0,
              START.toEpochMilli() + 700_000,
              null,
              NumberedItems.request(Signal.LOGS, 0, 3));
      RecordHeaders.put(record.headers(), DeadLetterHeaders.REDRIVEN_TO, "loki");
      producer.send(record);
    }
    assertThat(run(arguments("logs", "--from=2026-11-20T10:09:00Z", "--to=10:20Z"))).isZero();
    assertThat(delivered(Signal.LOGS)).containsExactlyInAnyOrderElementsOf(range(540, 600));
    assertThat(stdout.toString())
        .containsPattern("read +63")
        .containsPattern("left out by redriven-to-another +3")
        .contains("3 items are copies that were redriven; they are replayed from where they came");
  }

  @Test
  void shouldSayThatDeltaPointsAreReplayedAsTheirSums() {
    create(topic(Signal.METRICS), Map.of("message.timestamp.type", "CreateTime"));
    long then = System.currentTimeMillis() - 60_000;
    try (var producer = producer()) {
      producer.send(
          new ProducerRecord<>(topic(Signal.METRICS), 0, then, null, CommandLineIT.delta(5)));
    }
    List<String> arguments = arguments("metrics", "--from=-1h", "--to=0s");
    List<String> summing = new ArrayList<>(arguments);
    summing.add("--set=metrics.delta.enabled=true");

    assertThat(run(summing)).as(stderr.toString()).isZero();
    assertThat(stdout.toString())
        .containsPattern("delivered +0")
        .containsPattern("left out by delta-summed +1")
        .contains("1 delta points are replayed as their sums. From a time before");

    assertThat(run(arguments)).as(stderr.toString()).isZero();
    assertThat(stdout.toString()).containsPattern("delivered +1").doesNotContain("as their sums");
  }

  @Test
  void shouldSayUpFrontWhatTheBackendWouldRefuse() {
    List<String> arguments =
        arguments("logs").stream()
            .map(
                argument ->
                    argument.startsWith("--to-url")
                        ? "--to-url=http://127.0.0.1:3100/otlp"
                        : argument)
            .map(argument -> argument.equals(PERIOD.get(0)) ? "--from=2026-11-01T10:00Z" : argument)
            .map(argument -> argument.equals(PERIOD.get(1)) ? "--to=2026-11-01T11:00Z" : argument)
            .toList();
    assertThat(run(arguments)).isEqualTo(1);
    assertThat(stderr.toString())
        .startsWith("Loki takes what is up to 7d old, and this is up to ")
        .contains("Raise limits_config.reject_old_samples_max_age, then say so: --backend-takes ");
    assertThat(run(Stream.concat(arguments.stream(), Stream.of("--dry-run")).toList())).isZero();
    assertThat(stdout.toString()).contains("Loki takes what is up to 7d old", "Nothing to replay.");
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    assertRefused("--signal: noise (expected: traces, metrics or logs)", "--signal=noise");
    assertRefused("--all: set (expected: only with --signal traces)", "--signal=logs", "--all");
    assertRefused("--rate: fast (expected: a rate such as", "--signal=logs", "--rate=fast");
    assertRefused("--mark: x (expected: KEY=VALUE)", "--signal=logs", "--mark=x");
    assertRefused("--where: ", "--signal=logs", "--where=span.name ==");
    assertRefused(
        "--destination: nobody (expected: one of logs.destinations)",
        "--signal=logs",
        "--destination=nobody");
  }

  private void assertRefused(String message, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--from=-1h"));
    all.addAll(List.of(arguments));
    if (!message.contains("nobody")) {
      all.add("--to-url=http://127.0.0.1:1");
    }
    assertThat(run(all)).isEqualTo(2);
    assertThat(stderr.toString()).startsWith(message);
  }

  // ---------------------------------------------------------------- helpers

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private int replay(String signal, String... more) {
    return run(arguments(signal, more));
  }

  private List<String> arguments(String signal, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--signal=" + signal));
    arguments.add("--set=kafka.bootstrap-servers=" + broker.bootstrapServers());
    arguments.add("--set=topics.prefix=" + prefix);
    arguments.add("--to-url=" + out.resolve("out").resolve(signal).toUri());
    if (Stream.of(more).noneMatch(argument -> argument.startsWith("--from"))) {
      arguments.addAll(PERIOD);
    }
    arguments.addAll(List.of(more));
    return arguments;
  }

  private int run(List<String> arguments) {
    stdout.getBuffer().setLength(0);
    stderr.getBuffer().setLength(0);
    return Daemon.commandLine(new ReplayCommand())
        .setOut(new PrintWriter(stdout, true))
        .setErr(new PrintWriter(stderr, true))
        .execute(arguments.toArray(String[]::new));
  }

  /** Numbers of the items in the files, of all tenants. */
  private List<Integer> delivered(Signal signal) {
    return Stream.of(OutFiles.items(out, signal), OutFiles.items(out, signal, "acme"))
        .flatMap(Collection::stream)
        .map(item -> NumberedItems.number(signal, item))
        .toList();
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static Set<String> replayGroups() throws Exception {
    return admin.listGroups().all().get().stream()
        .map(GroupListing::groupId)
        .filter(id -> id.contains("-replay-"))
        .collect(Collectors.toSet());
  }
}
