package io.millrace.metrics.delta;

import static io.millrace.metrics.delta.Deltas.counter;
import static io.millrace.metrics.delta.Deltas.gauge;
import static io.millrace.metrics.delta.Deltas.point;
import static io.millrace.metrics.delta.Deltas.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.daemon.ConfigReader;
import io.millrace.daemon.Role;
import io.millrace.metrics.MetricsConfig;
import io.millrace.metrics.MetricsProcessor;
import io.millrace.metrics.prometheus.Receiver;
import io.millrace.otlp.Signal;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsAdmin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The metrics processor with a real Kafka: delta points go in, sums come to the backend. */
@Tag(Broker.ANY)
@Timeout(300)
class DeltaIT {

  private static final Duration LONG = Duration.ofSeconds(90);

  private static final List<String> CHANGELOGS =
      List.of(
          "millrace-metrics-delta-sums-changelog", "millrace-metrics-delta-identities-changelog");

  @TempDir private Path folder;

  @Test
  void shouldDeliverSumsAndGoOnWithThemAfterARestart() throws Exception {
    try (Broker broker = Broker.forTests(folder.resolve("kafka"));
        Receiver backend = Receiver.start(Receiver.Kind.MIMIR)) {
      MetricsConfig config = config(broker.bootstrapServers(), backend.url());
      SimpleMeterRegistry before = new SimpleMeterRegistry();
      try (Role processor = MetricsProcessor.start(config, before)) {
        // Before there are topics
        await()
            .atMost(LONG)
            .until(() -> processor.unready().orElse("").contains("millrace topics apply"));
        assertThat(processor.unready())
            .hasValueSatisfying(reason -> assertThat(reason).startsWith("metrics-delta: topic "));
        // When there are
        try (TopicsAdmin admin = TopicsAdmin.connect(config.kafka())) {
          assertThat(admin.apply(config.topics().catalogue(Signal.METRICS))).isEmpty();
        }
        await().atMost(LONG).until(() -> processor.unready().isEmpty());
        send(config, 1, 5);
        send(config, 2, 7);
        // Then
        await()
            .atMost(LONG)
            .untilAsserted(() -> assertThat(stored(backend)).containsExactly(5, 12));
        assertThat(gauges(backend)).containsExactly(1, 2);
        await().atMost(LONG).untilAsserted(() -> assertThat(behind(config)).isZero());
        assertThat(
                before.get("millrace.dropped.items").tag("rule", "delta-summed").counter().count())
            .isEqualTo(2);
        // and of what was consumed it is known what came from no gateway: four points were sent
        assertThat(before.get("millrace.consumed.items").counter().count()).isEqualTo(6);
        assertThat(before.get("millrace.reentered.items").gauge().value()).isEqualTo(2);
      }
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      try (Role processor = MetricsProcessor.start(config, registry)) {
        send(config, 3, 30);
        await()
            .atMost(LONG)
            .untilAsserted(() -> assertThat(stored(backend)).containsExactly(5, 12, 42));
        assertThat(registry.get("millrace.delta.restarts").counter().count()).isZero();
        assertThat(registry.get("millrace.delta.series").gauge().value()).isEqualTo(1);
      }
    }
  }

  @Test
  void shouldCountWhatRetentionHasTaken() throws Exception {
    try (Broker broker = Broker.forTests(folder.resolve("kafka"));
        Receiver backend = Receiver.start(Receiver.Kind.MIMIR)) {
      MetricsConfig config = config(broker.bootstrapServers(), backend.url());
      sumAndStop(config, backend);
      // Given two records that are gone before they were read
      send(config, 2, 100);
      send(config, 3, 100);
      deleteRecords(config);
      // When
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      try (Role processor = MetricsProcessor.start(config, registry)) {
        await().atMost(LONG).until(() -> expired(registry, "delta") > 0);
        send(config, 4, 7);
        // Then
        await()
            .atMost(LONG)
            .untilAsserted(() -> assertThat(stored(backend)).containsExactly(5, 12));
        assertThat(expired(registry, "delta")).isEqualTo(2);
        assertThat(expired(registry, "backend")).isPositive();
        assertThat(registry.get("millrace.delta.restarts").counter().count()).isZero();
      }
    }
  }

  @Test
  void shouldSayWhatToDoAboutMorePartitionsThanTheStateHas() throws Exception {
    try (Broker broker = Broker.forTests(folder.resolve("kafka"));
        Receiver backend = Receiver.start(Receiver.Kind.MIMIR)) {
      MetricsConfig config = config(broker.bootstrapServers(), backend.url());
      sumAndStop(config, backend);
      // Given
      try (Admin admin = Admin.create(config.kafka().clientProperties("more"))) {
        String name = config.topics().metricsDelta().name();
        admin.createPartitions(Map.of(name, NewPartitions.increaseTo(3))).all().get();
      }
      // When
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      try (Role processor = MetricsProcessor.start(config, registry)) {
        // Then
        await()
            .atMost(LONG)
            .until(() -> processor.unready().orElse("").contains("delta-partitions"));
        assertThat(processor.unready())
            .hasValue(
                "metrics-delta: delta-partitions: topic otlp-metrics-delta has 3 partitions"
                    + " (expected: 2, for which the state of the sums was made): stop all metrics"
                    + " processors, delete the topics %s and %s and every state-dir, and start them"
                        .formatted(CHANGELOGS.get(0), CHANGELOGS.get(1))
                    + " again; all sums begin anew, no delta is lost");
        assertThat(registry.get("millrace.delta.restarts").counter().count()).isZero();
      }
      // And when that is done
      send(config, 2, 7);
      try (Admin admin = Admin.create(config.kafka().clientProperties("anew"))) {
        admin.deleteTopics(CHANGELOGS).all().get();
      }
      Utils.delete(folder.resolve("state").toFile());
      try (Role processor = MetricsProcessor.start(config, new SimpleMeterRegistry())) {
        await().atMost(LONG).untilAsserted(() -> assertThat(stored(backend)).containsExactly(5, 7));
        assertThat(processor.unready()).isEmpty();
      }
    }
  }

  /** Leaves a sum of 5, and nothing that is not read. */
  private static void sumAndStop(MetricsConfig config, Receiver backend) throws Exception {
    try (TopicsAdmin admin = TopicsAdmin.connect(config.kafka())) {
      assertThat(admin.apply(config.topics().catalogue(Signal.METRICS))).isEmpty();
    }
    try (Role processor = MetricsProcessor.start(config, new SimpleMeterRegistry())) {
      send(config, 1, 5);
      await().atMost(LONG).untilAsserted(() -> assertThat(stored(backend)).containsExactly(5));
      await().atMost(LONG).untilAsserted(() -> assertThat(behind(config)).isZero());
    }
  }

  private static double expired(SimpleMeterRegistry registry, String destination) {
    return registry
        .get("millrace.expired.records")
        .tag("destination", destination)
        .counter()
        .count();
  }

  /** All that lies on the metrics topic. */
  private static void deleteRecords(MetricsConfig config) throws Exception {
    String topic = config.topics().of(Signal.METRICS).name();
    TopicPartition id = new TopicPartition(topic, 0);
    try (Admin admin = Admin.create(config.kafka().clientProperties("delete"))) {
      long end = admin.listOffsets(Map.of(id, OffsetSpec.latest())).all().get().get(id).offset();
      admin.deleteRecords(Map.of(id, RecordsToDelete.beforeOffset(end))).all().get();
    }
  }

  private static void send(MetricsConfig config, int second, int delta) throws Exception {
    Map<String, Object> properties = config.kafka().clientProperties("deltas");
    try (var producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] value =
          Deltas.request(
                  counter("c", whole(second - 1, second, delta)),
                  gauge("g", point(0, second).setAsInt(second)))
              .toByteArray();
      String topic = config.topics().of(Signal.METRICS).name();
      producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
    }
  }

  private static List<Integer> stored(Receiver backend) {
    return values(backend, "c_total");
  }

  private static List<Integer> gauges(Receiver backend) {
    return values(backend, "g");
  }

  private static List<Integer> values(Receiver backend, String name) {
    return backend.stored().entrySet().stream()
        .filter(series -> name.equals(series.getKey().get("__name__")))
        .flatMap(series -> series.getValue().values().stream())
        .map(Double::intValue)
        .toList();
  }

  /** Offsets that the application has not committed, marks of transactions among them. */
  private static long behind(MetricsConfig config) throws Exception {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicConfig topic :
        List.of(config.topics().of(Signal.METRICS), config.topics().metricsDelta())) {
      for (int partition = 0; partition < topic.partitions(); partition++) {
        wanted.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    String group = DeltaProcessor.group(config.metrics().delivery().groupPrefix());
    long behind = 0;
    try (Admin admin = Admin.create(config.kafka().clientProperties("behind"))) {
      var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      for (var end : admin.listOffsets(wanted).all().get().entrySet()) {
        var offset = committed.get(end.getKey());
        behind += end.getValue().offset() - (offset == null ? 0 : offset.offset());
      }
    }
    return behind;
  }

  private MetricsConfig config(String bootstrapServers, String url) throws Exception {
    Path file = folder.resolve("metrics.yaml");
    Files.writeString(
        file,
        """
        kafka: {bootstrap-servers: '%s'}
        topics: {metrics: {partitions: 2, replication-factor: 1}}
        metrics:
          delivery: {batch: {max-wait: 20ms}, commit-interval: 100ms}
          delta:
            enabled: true
            state-dir: '%s'
          destinations:
            backend: {url: '%s', prometheus: {target-info: false}}
        """
            .formatted(bootstrapServers, folder.resolve("state"), url));
    return ConfigReader.read(MetricsConfig.DEFAULT, Set.of(), file, List.of(), Map.of());
  }
}
