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

  static Topic of(TopicConfig topic) {
    // Append time is the pipeline's log time: lag in seconds and the sampler rest on it.
    return new Topic(
        topic.name(),
        topic.partitions(),
        topic.replicationFactor(),
        config(topic, topic.retention()));
  }

  /**
   * Room for the headers that say where a dead letter came from is in the value's bound already.
   */
  static Topic deadLetters(TopicConfig of, int partitions, Duration retention) {
    return new Topic(
        of.name() + "-dead", partitions, of.replicationFactor(), config(of, retention));
  }

  private static Map<String, String> config(TopicConfig topic, Duration retention) {
    return new TreeMap<>(
        Map.of(
            "cleanup.policy",
            "delete",
            "compression.type",
            "producer",
            "max.message.bytes",
            Integer.toString(topic.maxMessageBytes()),
            "message.timestamp.type",
            "LogAppendTime",
            "min.insync.replicas",
            Integer.toString(topic.minInsyncReplicas()),
            "retention.ms",
            Long.toString(retention.toMillis())));
  }
}
