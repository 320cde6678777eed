package io.millrace.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.Role;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A record a second for a hundred seconds on each of two partitions of the logs topic. */
@Tag(Broker.ANY)
@Timeout(120)
class GroupsIT {

  private static final String TOPIC = TopicsConfig.DEFAULT.of(Signal.LOGS).name();
  private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;
  private static Admin admin;

  private final StringWriter stdout = new StringWriter();
  private final StringWriter stderr = new StringWriter();

  @BeforeAll
  static void produce() {
    broker = Broker.forTests(dir);
    kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
    admin = Admin.create(kafka.clientProperties("test"));
    try (TopicsAdmin topics = TopicsAdmin.connect(kafka)) {
      topics.apply(List.of(new Topic(TOPIC, 2, 1, Map.of("message.timestamp.type", "CreateTime"))));
    }
    Map<String, Object> properties = new HashMap<>(kafka.clientProperties("test"));
    properties.put("transactional.id", "test");
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int n = 0; n < 200; n++) {
        long time = START.toEpochMilli() + n / 2 * 1000L;
        var unused = producer.send(new ProducerRecord<>(TOPIC, n % 2, time, null, new byte[100]));
      }
      producer.commitTransaction(); // and a mark behind the last record of each
    }
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void shouldMoveAnEmptyGroupBackAndNeverForward() throws Exception {
    commit("reset", 90, 20);

    assertThat(reset("--group=reset", "--to=2026-11-20T10:00:50Z")).as(stderr.toString()).isZero();
    assertThat(stdout.toString().lines())
        .containsExactly(
            "partition    is at  goes to  records again",
            "otlp-logs-0     90       50             40",
            "otlp-logs-1     20       20              0",
            "reset to 2026-11-20T10:00:50Z: 40 records will be processed again.",
            "Nothing was moved; with --confirm it will be.");
    assertThat(committed("reset")).containsExactlyInAnyOrder(90L, 20L);

    assertThat(reset("--group=reset", "--to=2026-11-20T10:00:50Z", "--confirm")).isZero();
    assertThat(stdout.toString()).endsWith("Moved.\n");
    assertThat(committed("reset")).containsExactlyInAnyOrder(50L, 20L);
  }

  @Test
  void shouldNotMoveAGroupThatSomebodyIsIn() throws Exception {
    commit("busy", 90, 90);
    Map<String, Object> properties = kafka.clientProperties("member");
    properties.put("group.id", "busy");
    try (var member =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      member.subscribe(List.of(TOPIC));
      await()
          .until(
              () -> {
                var unused = member.poll(Duration.ofMillis(100));
                return member.assignment().size() == 2;
              });
      assertThat(reset("--group=busy", "--to=2026-11-20T10:00:50Z", "--confirm")).isEqualTo(1);
    }
    assertThat(stderr.toString())
        .isEqualTo("--group: busy (expected: an empty group, and it has 1 members; stop them)\n");
    assertThat(reset("--group=nobody", "--to=-1h")).isEqualTo(2);
    assertThat(stderr.toString())
        .isEqualTo("--group: nobody (expected: a group that has committed offsets)\n");
  }

  @Test
  void shouldTellTheLagOfAGroupThatNobodyIsIn() throws Exception {
    // Given a group that has 10 records left on one partition, and nothing but a mark on the other
    commit("away", 90, 100);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    LagExporterConfig config =
        new LagExporterConfig(
            kafka,
            TopicsConfig.DEFAULT,
            AdminConfig.DEFAULT,
            new LagExporterSection(Duration.ofMillis(100)));
    // When
    try (Role exporter = LagExporter.start(config, registry)) {
      await().atMost(Duration.ofSeconds(30)).until(() -> exporter.unready().isEmpty());
      // Then the mark counts as a record of the first, and is none of the second
      assertThat(gauge(registry, "records", 0)).isEqualTo(11);
      assertThat(gauge(registry, "records", 1)).isZero();
      double seconds = (System.currentTimeMillis() - START.toEpochMilli()) / 1000.0 - 90;
      assertThat(gauge(registry, "seconds", 0)).isBetween(seconds - 60, seconds + 60);
      assertThat(gauge(registry, "seconds", 1)).isZero();
      assertThat(gauge(registry, "bytes", 0)).isBetween(11.0, 11 * 200.0);
      assertThat(registry.get("millrace.group.members").tag("group", "away").gauge().value())
          .isZero();
      // When it is done
      commit("away", 101, 101);
      // Then
      await().atMost(Duration.ofSeconds(30)).until(() -> gauge(registry, "records", 0) == 0);
      assertThat(gauge(registry, "seconds", 0)).isZero();
    }
  }

  private static double gauge(SimpleMeterRegistry registry, String unit, int partition) {
    return registry
        .get("millrace.group.lag." + unit)
        .tags("group", "away", "topic", TOPIC, "partition", "" + partition)
        .gauge()
        .value();
  }

  private static void commit(String group, long first, long second) throws Exception {
    admin
        .alterConsumerGroupOffsets(
            group,
            Map.of(
                new TopicPartition(TOPIC, 0), new OffsetAndMetadata(first),
                new TopicPartition(TOPIC, 1), new OffsetAndMetadata(second)))
        .all()
        .get();
  }

  private static List<Long> committed(String group) throws Exception {
    return admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .values()
        .stream()
        .map(OffsetAndMetadata::offset)
        .toList();
  }

  private int reset(String... arguments) {
    stdout.getBuffer().setLength(0);
    stderr.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--set=kafka.bootstrap-servers=" + broker.bootstrapServers());
    return Daemon.commandLine(new ResetCommand())
        .setOut(new PrintWriter(stdout, true))
        .setErr(new PrintWriter(stderr, true))
        .execute(all.toArray(String[]::new));
  }
}
