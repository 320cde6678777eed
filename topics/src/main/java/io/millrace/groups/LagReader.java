package io.millrace.groups;

import io.millrace.topics.AdminAnswers;
import io.millrace.topics.KafkaConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Asks Kafka how far the groups of some topics are behind. The time of the next record to commit is
 * in the record alone, so that is read, once for each offset. One thread.
 */
final class LagReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);

  /** Looks at a partition that gives nothing: it may be all marks of transactions. */
  private static final int POLLS = 6;

  private final Admin admin;
  private final Consumer<byte[], byte[]> consumer;
  private final Set<String> topics;
  private final Map<At, Long> times = new HashMap<>();

  private record At(TopicPartition partition, long offset) {}

  /** Where a partition begins and ends, and what it takes on disk. */
  private record Log(long begin, long end, double bytes) {

    double bytesPerRecord() {
      return end > begin ? bytes / (end - begin) : 0;
    }
  }

  LagReader(KafkaConfig kafka, Set<String> topics) {
    this.topics = Set.copyOf(topics);
    this.admin = Admin.create(kafka.clientProperties("millrace-lag-admin"));
    Map<String, Object> properties = kafka.clientProperties("millrace-lag");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    properties.put("max.partition.fetch.bytes", 1024); // at least one batch comes in any case
    properties.putIfAbsent("default.api.timeout.ms", 10_000);
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Members by group, of all groups that have offsets of the topics. */
  Map<String, Integer> members(Collection<GroupLag> lags) {
    Set<String> groups = new HashSet<>();
    lags.forEach(lag -> groups.add(lag.group()));
    Map<String, Integer> members = new TreeMap<>();
    admin
        .describeConsumerGroups(groups)
        .describedGroups()
        .forEach(
            (group, described) -> {
              try {
                members.put(group, AdminAnswers.get(described).members().size());
              } catch (GroupIdNotFoundException e) {
                members.put(group, 0); // offsets without a group
              }
            });
    return members;
  }

  /**
   * @throws KafkaException if Kafka cannot be asked
   */
  List<GroupLag> read() {
    Map<TopicPartition, Log> logs = logs();
    List<GroupLag> lags = new ArrayList<>();
    Set<At> wanted = new HashSet<>();
    for (GroupListing listed : AdminAnswers.get(admin.listGroups().all())) {
      for (Map.Entry<TopicPartition, Long> next : next(listed.groupId(), logs).entrySet()) {
        Log log = logs.get(next.getKey());
        if (log != null && next.getValue() < log.end()) {
          wanted.add(new At(next.getKey(), next.getValue()));
        }
        if (log != null) {
          lags.add(lag(listed.groupId(), next.getKey(), next.getValue(), log));
        }
      }
    }
    times.keySet().retainAll(wanted);
    return lags;
  }

  private GroupLag lag(String group, TopicPartition id, long next, Log log) {
    long time = next < log.end() ? time(new At(id, next), log.end()) : -1;
    long records = time < 0 ? 0 : log.end() - next;
    return new GroupLag(group, id, next, records, records * log.bytesPerRecord(), time);
  }

  /** Offsets that groups commit next; what they never committed, from its beginning. */
  private Map<TopicPartition, Long> next(String group, Map<TopicPartition, Log> logs) {
    Map<TopicPartition, Long> next = new HashMap<>();
    Set<String> own = new HashSet<>();
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          AdminAnswers.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
      committed.forEach(
          (id, offset) -> {
            if (offset != null && topics.contains(id.topic())) {
              own.add(id.topic());
              next.put(id, offset.offset());
            }
          });
    } catch (GroupIdNotFoundException e) {
      return Map.of();
    }
    logs.forEach(
        (id, log) -> {
          if (own.contains(id.topic())) {
            next.merge(id, log.begin(), Math::max);
          }
        });
    return next;
  }

  private Map<TopicPartition, Log> logs() {
    List<TopicPartition> partitions = new ArrayList<>();
    Set<String> there = new HashSet<>(AdminAnswers.get(admin.listTopics().names()));
    there.retainAll(topics);
    AdminAnswers.get(admin.describeTopics(there).allTopicNames())
        .forEach(
            (topic, described) ->
                described
                    .partitions()
                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition()))));
    Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
    Map<TopicPartition, Long> bytes = bytes();
    Map<TopicPartition, Log> logs = new HashMap<>();
    for (TopicPartition id : partitions) {
      Long size = bytes.get(id);
      logs.put(
          id,
          new Log(
              begins.getOrDefault(id, 0L),
              ends.getOrDefault(id, 0L),
              size == null ? Double.NaN : size));
    }
    return logs;
  }

  private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec) {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(id -> wanted.put(id, spec));
    ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, Long> offsets = new HashMap<>();
    AdminAnswers.get(admin.listOffsets(wanted, committed).all())
        .forEach((id, found) -> offsets.put(id, found.offset()));
    return offsets;
  }

  /** Of the largest replica; none where we may not ask. */
  private Map<TopicPartition, Long> bytes() {
    Map<TopicPartition, Long> bytes = new HashMap<>();
    try {
      List<Integer> brokers =
          AdminAnswers.get(admin.describeCluster().nodes()).stream().map(Node::id).toList();
      for (Map<String, LogDirDescription> folders :
          AdminAnswers.get(admin.describeLogDirs(brokers).allDescriptions()).values()) {
        for (LogDirDescription folder : folders.values()) {
          for (Map.Entry<TopicPartition, ReplicaInfo> replica : folder.replicaInfos().entrySet()) {
            bytes.merge(replica.getKey(), replica.getValue().size(), Math::max);
          }
        }
      }
    } catch (KafkaException e) {
      bytes.clear();
    }
    return bytes;
  }

  /** Append time of the record at an offset or behind it; -1 if there is none before the end. */
  private long time(At at, long end) {
    Long known = times.get(at);
    if (known != null) {
      return known;
    }
    consumer.assign(List.of(at.partition()));
    consumer.seek(at.partition(), at.offset());
    for (int polls = 0; polls < POLLS && consumer.position(at.partition()) < end; polls++) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        times.put(at, record.timestamp());
        return record.timestamp();
      }
    }
    return -1;
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
