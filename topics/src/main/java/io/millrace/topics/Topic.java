package io.millrace.topics;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A topic as Millrace needs it on the broker.
 *
 * @param name topic name
 * @param partitions number of partitions
 * @param replicationFactor replicas of each partition
 * @param config Kafka topic configuration, key to value, sorted
 */
public record Topic(
    String name, int partitions, int replicationFactor, Map<String, String> config) {

  /** Room a dead letter needs beyond the original record, for the headers that say why. */
  private static final int DEAD_LETTER_HEADROOM_BYTES = 64 << 10;

  static Topic of(TopicConfig topic) {
    return new Topic(
        topic.name(),
        topic.partitions(),
        topic.replicationFactor(),
        config(topic, topic.retention(), topic.maxMessageBytes()));
  }

  static Topic deadLetters(TopicConfig of, int partitions, Duration retention) {
    return new Topic(
        of.deadLetterName(),
        partitions,
        of.replicationFactor(),
        config(of, retention, of.maxMessageBytes() + DEAD_LETTER_HEADROOM_BYTES));
  }

  private static Map<String, String> config(
      TopicConfig topic, Duration retention, int maxMessageBytes) {
    return new TreeMap<>(
        Map.of(
            "cleanup.policy",
            "delete",
            "compression.type",
            "producer",
            "max.message.bytes",
            Integer.toString(maxMessageBytes),
            // Append time is the pipeline's log time: lag in seconds and the sampler rest on it.
            "message.timestamp.type",
            "LogAppendTime",
            "min.insync.replicas",
            Integer.toString(topic.minInsyncReplicas()),
            "retention.ms",
            Long.toString(retention.toMillis())));
  }
}
