package io.millrace.topics;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;

/**
 * One signal's topic.
 *
 * @param name topic name; its dead-letter topic is {@code <name>-dead}
 * @param partitions at least 1; default 12. Cannot be changed later without splitting traces that
 *     are under way
 * @param replicationFactor 1 to 32767; default 3. In-sync replicas needed for a write are one less,
 *     at least 1
 * @param retention how long records are kept, and so how far back a replay can go; default 24 h
 * @param maxMessageBytes Kafka's {@code max.message.bytes}, 64 KiB to 64 MiB; default 1 MiB
 */
public record TopicConfig(
    String name, int partitions, int replicationFactor, Duration retention, int maxMessageBytes) {

  /** Kafka allows 249 characters; "-dead" takes five. */
  static final int MAX_NAME_LENGTH = 244;

  static TopicConfig named(String name) {
    return new TopicConfig(name, 12, 3, Duration.ofHours(24), 1 << 20);
  }

  public TopicConfig {
    requireName("name", name);
    if (partitions < 1) {
      throw new InvalidConfig("partitions", partitions, "at least 1");
    }
    if (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE) {
      throw new InvalidConfig("replication-factor", replicationFactor, "1 to 32767");
    }
    if (retention.isNegative() || retention.isZero()) {
      throw new InvalidConfig("retention", retention, "more than 0");
    }
    if (maxMessageBytes < 64 << 10 || maxMessageBytes > 64 << 20) {
      throw new InvalidConfig("max-message-bytes", maxMessageBytes, "65536 to 67108864");
    }
  }

  static void requireName(String key, String name) {
    if (!name.matches("[a-zA-Z0-9._-]{1,244}") || name.equals(".") || name.equals("..")) {
      throw new InvalidConfig(key, name, "1 to 244 letters, digits, '.', '_' or '-'");
    }
  }

  TopicConfig withName(String other) {
    return new TopicConfig(other, partitions, replicationFactor, retention, maxMessageBytes);
  }

  TopicConfig withReplicationFactor(int replicas) {
    return new TopicConfig(name, partitions, replicas, retention, maxMessageBytes);
  }

  public String deadLetterName() {
    return name + "-dead";
  }

  /** In-sync replicas that must have a record before the gateway answers. */
  public int minInsyncReplicas() {
    return Math.max(1, replicationFactor - 1);
  }

  /**
   * Upper bound of a record's value, so that the record batch never exceeds {@code
   * max.message.bytes}: leaves room for batch and record overhead, headers, and what zstd adds to
   * incompressible input (at most 1/256).
   */
  public int maxValueBytes() {
    return maxMessageBytes - maxMessageBytes / 128 - 4096;
  }
}
