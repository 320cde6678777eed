package io.millrace.topics;

import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.List;

/**
 * The topics of one installation.
 *
 * @param prefix put before every topic's name, for installations that share a Kafka: {@code shop.}
 *     makes {@code shop.otlp-traces}; default none
 * @param traces default {@code otlp-traces}
 * @param metrics default {@code otlp-metrics}
 * @param metricsDeltaName name of the topic on which delta points wait to be summed, which has in
 *     all else the shape of {@code metrics}; default {@code otlp-metrics-delta}
 * @param logs default {@code otlp-logs}
 * @param deadLetterPartitions partitions of each dead-letter topic, at least 1; default 3
 * @param deadLetterRetention how long dead letters are kept; default 7 days
 */
public record TopicsConfig(
    String prefix,
    TopicConfig traces,
    TopicConfig metrics,
    String metricsDeltaName,
    TopicConfig logs,
    int deadLetterPartitions,
    Duration deadLetterRetention) {

  private static final String METRICS_DELTA = "otlp-metrics-delta";

  public static final TopicsConfig DEFAULT =
      new TopicsConfig(
          "",
          TopicConfig.named("otlp-traces"),
          TopicConfig.named("otlp-metrics"),
          METRICS_DELTA,
          TopicConfig.named("otlp-logs"),
          3,
          Duration.ofDays(7));

  /** Without a prefix. */
  public TopicsConfig(
      TopicConfig traces,
      TopicConfig metrics,
      TopicConfig logs,
      int deadLetterPartitions,
      Duration deadLetterRetention) {
    this("", traces, metrics, logs, deadLetterPartitions, deadLetterRetention);
  }

  /** With the default name for delta points. */
  public TopicsConfig(
      String prefix,
      TopicConfig traces,
      TopicConfig metrics,
      TopicConfig logs,
      int deadLetterPartitions,
      Duration deadLetterRetention) {
    this(prefix, traces, metrics, METRICS_DELTA, logs, deadLetterPartitions, deadLetterRetention);
  }

  public TopicsConfig {
    if (!prefix.matches("[a-zA-Z0-9._-]{0,100}")) {
      throw new InvalidConfig("prefix", prefix, "up to 100 letters, digits, '.', '_' or '-'");
    }
    TopicConfig.requireName("metrics-delta-name", metricsDeltaName);
    if (metricsDeltaName.equals(metrics.name())) {
      throw new InvalidConfig(
          "metrics-delta-name", metricsDeltaName, "another name than metrics.name");
    }
    TopicConfig delta = metrics.withName(metricsDeltaName);
    for (TopicConfig topic : List.of(traces, metrics, delta, logs)) {
      if (prefix.length() + topic.name().length() > TopicConfig.MAX_NAME_LENGTH) {
        throw new InvalidConfig(
            "prefix",
            prefix,
            "together with " + topic.name() + " at most " + TopicConfig.MAX_NAME_LENGTH);
      }
    }
    if (deadLetterPartitions < 1) {
      throw new InvalidConfig("dead-letter-partitions", deadLetterPartitions, "at least 1");
    }
    if (deadLetterRetention.isNegative() || deadLetterRetention.isZero()) {
      throw new InvalidConfig("dead-letter-retention", deadLetterRetention, "more than 0");
    }
  }

  /** The topic on which delta points wait to be summed, by its whole name. */
  public TopicConfig metricsDelta() {
    return metrics.withName(prefix + metricsDeltaName);
  }

  /** The signal's topic by its whole name; made anew on each call if there is a prefix. */
  public TopicConfig of(Signal signal) {
    TopicConfig topic =
        switch (signal) {
          case TRACES -> traces;
          case METRICS -> metrics;
          case LOGS -> logs;
        };
    return prefix.isEmpty() ? topic : topic.withName(prefix + topic.name());
  }

  /** The same topics with another number of replicas. */
  public TopicsConfig withReplicationFactor(int replicas) {
    return new TopicsConfig(
        prefix,
        traces.withReplicationFactor(replicas),
        metrics.withReplicationFactor(replicas),
        metricsDeltaName,
        logs.withReplicationFactor(replicas),
        deadLetterPartitions,
        deadLetterRetention);
  }

  /**
   * The signal's topic and its dead-letter topic, and of metrics the one of delta points, as they
   * must exist on the broker.
   */
  public List<Topic> catalogue(Signal signal) {
    TopicConfig of = of(signal);
    Topic dead = Topic.deadLetters(of, deadLetterPartitions, deadLetterRetention);
    return signal == Signal.METRICS
        ? List.of(Topic.of(of), Topic.of(metricsDelta()), dead)
        : List.of(Topic.of(of), dead);
  }
}
