package io.millrace.replay;

import io.millrace.daemon.CannotStart;
import io.millrace.terminal.Period;
import io.millrace.topics.AdminAnswers;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.Stretch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The consumer group of a replay, from outside: begun, found again, and deleted at the end. */
final class ReplayGroup implements AutoCloseable {

  private final Admin admin;
  private final Consumer<byte[], byte[]> consumer;
  private final String group;
  private final String topic;

  ReplayGroup(KafkaConfig kafka, String group, String topic) {
    this.admin = Admin.create(kafka.clientProperties(group + "-admin"));
    Map<String, Object> properties = kafka.clientProperties(group + "-range");
    properties.put("enable.auto.commit", false);
    properties.put("isolation.level", "read_committed");
    properties.putIfAbsent("default.api.timeout.ms", 10_000);
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.group = group;
    this.topic = topic;
  }

  /**
   * @throws CannotStart if the same replay runs already
   */
  void requireIdle() {
    if (members() > 0) {
      throw new CannotStart(
          "this replay runs already, or was killed within the last minute: group %s has a member (expected: none)"
              .formatted(group),
          null);
    }
  }

  private int members() {
    try {
      ConsumerGroupDescription found =
          AdminAnswers.get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
      return found == null ? 0 : found.members().size();
    } catch (GroupIdNotFoundException e) {
      return 0;
    }
  }

  /** The range of a replay that was stopped; empty if there is none. */
  Optional<ReplayRange> stopped() {
    Map<TopicPartition, Stretch> stretches = new HashMap<>();
    Map<TopicPartition, Long> next = new HashMap<>();
    List<Period> periods = new ArrayList<>();
    committed()
        .forEach(
            (id, offset) -> {
              ReplayRange.period(offset.metadata()).ifPresent(periods::add);
              ReplayRange.stretch(id, offset.metadata())
                  .ifPresent(
                      stretch -> {
                        stretches.put(id, stretch);
                        next.put(id, offset.offset());
                      });
            });
    return periods.stream().findFirst().map(of -> new ReplayRange(of, stretches, next));
  }

  private Map<TopicPartition, OffsetAndMetadata> committed() {
    try {
      Map<TopicPartition, OffsetAndMetadata> found = new HashMap<>();
      AdminAnswers.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
          .forEach(
              (id, offset) -> {
                if (id.topic().equals(topic) && offset != null) {
                  found.put(id, offset);
                }
              });
      return found;
    } catch (GroupIdNotFoundException e) {
      return Map.of();
    }
  }

  /** The offsets of a period, not yet the group's. */
  ReplayRange find(Period period) {
    Map<TopicPartition, Stretch> stretches = new HashMap<>();
    Map<TopicPartition, Long> next = new HashMap<>();
    Stretch.between(consumer, topic, period.from().toEpochMilli(), period.to().toEpochMilli())
        .forEach(
            stretch -> {
              long end = Math.max(stretch.begin(), stretch.end());
              stretches.put(
                  stretch.partition(), new Stretch(stretch.partition(), stretch.begin(), end));
              next.put(stretch.partition(), stretch.begin());
            });
    return new ReplayRange(period, stretches, next);
  }

  /** Makes a range the group's: from now on it is found again. */
  void begin(ReplayRange range) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    range
        .stretches()
        .forEach(
            (id, stretch) ->
                offsets.put(
                    id,
                    new OffsetAndMetadata(
                        stretch.begin(), ReplayRange.note(range.period(), stretch))));
    AdminAnswers.get(admin.alterConsumerGroupOffsets(group, offsets).all());
  }

  /**
   * What of a range is gone, one line for each partition: retention has removed it, or whoever may
   * delete records.
   */
  List<String> gone(ReplayRange range) {
    Map<TopicPartition, Long> earliest =
        consumer.beginningOffsets(List.copyOf(range.stretches().keySet()));
    Map<Integer, String> lines = new TreeMap<>();
    range
        .stretches()
        .forEach(
            (id, stretch) -> {
              long first = earliest.getOrDefault(id, 0L);
              long next = range.next().getOrDefault(id, stretch.begin());
              if (first > next) {
                lines.put(
                    id.partition(),
                    "%s: %d records from offset %d on are gone (retention)"
                        .formatted(id, Math.min(first, stretch.end()) - next, next));
              } else if (first == stretch.begin() && first > 0) {
                firstTime(id)
                    .filter(time -> time.isAfter(range.period().from()))
                    .ifPresent(
                        time ->
                            lines.put(
                                id.partition(),
                                "%s: what was appended before %s is gone (retention)"
                                    .formatted(id, time)));
              }
            });
    return List.copyOf(lines.values());
  }

  private Optional<Instant> firstTime(TopicPartition id) {
    var first = consumer.offsetsForTimes(Map.of(id, 0L)).get(id);
    return first == null ? Optional.empty() : Optional.of(Instant.ofEpochMilli(first.timestamp()));
  }

  /** The replay is over. A group that is gone already is no error. */
  void delete() {
    try {
      AdminAnswers.get(admin.deleteConsumerGroups(List.of(group)).all());
    } catch (GroupIdNotFoundException e) {
      // what was wanted
    }
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
