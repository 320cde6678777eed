package io.millrace.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.daemon.InvalidConfig;
import io.millrace.daemon.Secret;
import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsConfigTest {

  @Test
  void shouldHaveTheTopicsOfTheDesignByDefault() {
    assertThat(TopicsConfig.DEFAULT.catalogue(Signal.TRACES))
        .containsExactly(
            new Topic("otlp-traces", 12, 3, config("1048576", "86400000")),
            new Topic("otlp-traces-dead", 3, 3, config("1114112", "604800000")));
    assertThat(TopicsConfig.DEFAULT.catalogue(Signal.METRICS))
        .extracting(Topic::name)
        .containsExactly("otlp-metrics", "otlp-metrics-delta", "otlp-metrics-dead");
    assertThat(TopicsConfig.DEFAULT.catalogue(Signal.LOGS))
        .extracting(Topic::name)
        .containsExactly("otlp-logs", "otlp-logs-dead");
  }

  @Test
  void shouldPutThePrefixBeforeEveryName() {
    TopicsConfig config = prefixed("shop.eu-");
    assertThat(config.of(Signal.LOGS).name()).isEqualTo("shop.eu-otlp-logs");
    assertThat(config.of(Signal.LOGS).deadLetterName()).isEqualTo("shop.eu-otlp-logs-dead");
    assertThat(config.withReplicationFactor(1).catalogue(Signal.TRACES))
        .extracting(Topic::name)
        .containsExactly("shop.eu-otlp-traces", "shop.eu-otlp-traces-dead");
    assertThat(config.metricsDelta().name()).isEqualTo("shop.eu-otlp-metrics-delta");
    // What is shown as the configuration can be read again.
    assertThat(config.traces().name()).isEqualTo("otlp-traces");
  }

  @Test
  void shouldRefusePrefixesThatMakeNoNames() {
    assertRefused(
        () -> prefixed("a/b"),
        "prefix: a/b (expected: up to 100 letters, digits, '.', '_' or '-')");
    assertRefused(
        () -> prefixed("p".repeat(101)),
        "prefix: " + "p".repeat(101) + " (expected: up to 100 letters, digits, '.', '_' or '-')");
    TopicConfig traces = topic("t".repeat(240), 1, 1, Duration.ofHours(1), 1 << 20);
    assertThat(new TopicsConfig("1234", traces, traces, traces, 1, Duration.ofHours(1)).prefix())
        .isEqualTo("1234");
    assertRefused(
        () -> new TopicsConfig("12345", traces, traces, traces, 1, Duration.ofHours(1)),
        "prefix: 12345 (expected: together with " + traces.name() + " at most 244)");
  }

  @Test
  void shouldGiveDeltaPointsATopicLikeThatOfMetricsUnderAnotherName() {
    TopicConfig traces = topic("t", 1, 1, Duration.ofHours(1), 1 << 20);
    TopicConfig metrics = topic("m", 5, 2, Duration.ofHours(3), 1 << 21);
    assertThat(delta(traces, metrics, "d").metricsDelta())
        .isEqualTo(topic("d", 5, 2, Duration.ofHours(3), 1 << 21));
    assertRefused(
        () -> delta(traces, metrics, "a b"),
        "metrics-delta-name: a b (expected: 1 to 244 letters, digits, '.', '_' or '-')");
    assertRefused(
        () -> delta(traces, metrics, "m"),
        "metrics-delta-name: m (expected: another name than metrics.name)");
  }

  private static TopicsConfig delta(TopicConfig traces, TopicConfig metrics, String name) {
    return new TopicsConfig("", traces, metrics, name, traces, 1, Duration.ofDays(1));
  }

  private static TopicsConfig prefixed(String prefix) {
    TopicsConfig config = TopicsConfig.DEFAULT;
    return new TopicsConfig(
        prefix, config.traces(), config.metrics(), config.logs(), 1, Duration.ofDays(1));
  }

  @Test
  void shouldAskForOneInSyncReplicaOnASingleNode() {
    assertThat(topic("t", 1, 1, Duration.ofHours(1), 1 << 20).minInsyncReplicas()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    Duration hour = Duration.ofHours(1);
    assertRefused(
        () -> topic("a b", 1, 1, hour, 1 << 20),
        "name: a b (expected: 1 to 244 letters, digits, '.', '_' or '-')");
    assertRefused(() -> topic("t", 0, 1, hour, 1 << 20), "partitions: 0 (expected: at least 1)");
    assertRefused(
        () -> topic("t", 1, 0, hour, 1 << 20), "replication-factor: 0 (expected: 1 to 32767)");
    assertRefused(
        () -> topic("t", 1, 1, Duration.ZERO, 1 << 20), "retention: 0s (expected: more than 0)");
    assertRefused(
        () -> topic("t", 1, 1, hour, 65535),
        "max-message-bytes: 65535 (expected: 65536 to 67108864)");
  }

  @Test
  void shouldRefuseKafkaKeysThatTheGuaranteeDependsOn() {
    assertRefused(
        () -> new KafkaConfig("k:9092", Map.of("acks", new Secret("1"))),
        "properties.acks: set (expected: not this key: the delivery guarantee depends on it)");
    assertThat(
            new KafkaConfig("k:9092", Map.of("sasl.mechanism", new Secret("PLAIN")))
                .clientProperties("me"))
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("client.id", "me");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka", "kafka:", "a:1;b:2", "http://kafka:9092"})
  void shouldRefuseBootstrapServersThatAreNone(String servers) {
    assertRefused(
        () -> new KafkaConfig(servers, Map.of()),
        "bootstrap-servers: " + servers + " (expected: host:port, comma separated)");
  }

  private static Map<String, String> config(String maxBytes, String retention) {
    return Map.of(
        "cleanup.policy", "delete",
        "compression.type", "producer",
        "max.message.bytes", maxBytes,
        "message.timestamp.type", "LogAppendTime",
        "min.insync.replicas", "2",
        "retention.ms", retention);
  }

  private static TopicConfig topic(
      String name, int partitions, int replicas, Duration retention, int maxBytes) {
    return new TopicConfig(name, partitions, replicas, retention, maxBytes);
  }

  private static void assertRefused(ThrowingCallable config, String message) {
    assertThatThrownBy(config).isInstanceOf(InvalidConfig.class).hasMessage(message);
  }
}
