package io.millrace.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.otlp.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag(Broker.ANY)
@Timeout(60)
class TopicsAdminIT {

  @TempDir static Path dir;
  private static Broker broker;
  private static TopicsAdmin admin;

  @BeforeAll
  static void start() {
    broker = Broker.forTests(dir);
    admin = TopicsAdmin.connect(new KafkaConfig(broker.bootstrapServers(), Map.of()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void shouldCreateTheCatalogueOnceAndFindNothingToDoAgain() {
    List<Topic> catalogue = catalogue("a-", 3);
    assertThat(admin.check(catalogue))
        .extracting(TopicsAdmin.Difference::toString)
        .containsExactly(
            "a-traces: topic missing (expected: to exist)",
            "a-traces-dead: topic missing (expected: to exist)",
            "a-metrics: topic missing (expected: to exist)",
            "a-metrics-dead: topic missing (expected: to exist)",
            "a-logs: topic missing (expected: to exist)",
            "a-logs-dead: topic missing (expected: to exist)");

    assertThat(admin.apply(catalogue)).isEmpty();

    await().untilAsserted(() -> assertThat(admin.check(catalogue)).isEmpty());
    assertThat(admin.apply(catalogue)).isEmpty();
  }

  @Test
  void shouldSetWhatDiffersInConfigurationAndNameWhatItCannotChange() {
    admin.apply(catalogue("b-", 3));
    await().untilAsserted(() -> assertThat(admin.check(catalogue("b-", 3))).isEmpty());
    List<Topic> other =
        catalogue("b-", 4).stream()
            .map(topic -> new Topic(topic.name(), topic.partitions(), 1, hourly(topic)))
            .limit(1)
            .toList();

    assertThat(admin.check(other))
        .extracting(TopicsAdmin.Difference::toString)
        .containsExactly(
            "b-traces: partitions 3 (expected: 4)",
            "b-traces: retention.ms 86400000 (expected: 3600000)");
    assertThat(admin.apply(other))
        .extracting(TopicsAdmin.Difference::toString)
        .containsExactly("b-traces: partitions 3 (expected: 4)");
    // A change reaches the broker that is asked a moment after the controller.
    await()
        .untilAsserted(
            () ->
                assertThat(admin.check(other))
                    .extracting(TopicsAdmin.Difference::toString)
                    .containsExactly("b-traces: partitions 3 (expected: 4)"));
  }

  private static Map<String, String> hourly(Topic topic) {
    Map<String, String> config = new TreeMap<>(topic.config());
    config.put("retention.ms", "3600000");
    return config;
  }

  private static List<Topic> catalogue(String prefix, int partitions) {
    TopicsConfig config =
        new TopicsConfig(
            topic(prefix + "traces", partitions),
            topic(prefix + "metrics", partitions),
            topic(prefix + "logs", partitions),
            1,
            Duration.ofDays(7));
    return Stream.of(Signal.values()).flatMap(signal -> config.catalogue(signal).stream()).toList();
  }

  private static TopicConfig topic(String name, int partitions) {
    return new TopicConfig(name, partitions, 1, Duration.ofHours(24), 1 << 20);
  }
}
