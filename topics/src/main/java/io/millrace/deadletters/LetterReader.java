package io.millrace.deadletters;

import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.Stretch;
import io.millrace.topics.TopicsConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads dead-letter topics, each partition in offset order, without a group: no offset moves. Marks
 * stand behind what they mark, so a topic is read twice: for the marks, then for the letters that
 * have none.
 */
final class LetterReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final TopicsConfig topics;

  /** Is shown a letter; may say that it has seen enough. */
  interface Visitor {

    /**
     * @return whether it wants to see more
     */
    boolean visit(Letter letter);
  }

  private interface RecordVisitor {
    boolean visit(ConsumerRecord<byte[], byte[]> record);
  }

  LetterReader(KafkaConfig kafka, TopicsConfig topics) {
    Map<String, Object> properties = kafka.clientProperties("millrace-dead");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    properties.putIfAbsent("default.api.timeout.ms", 10_000);
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.topics = topics;
  }

  /** Shows the letters of a signal that a filter chooses and that no mark settles. */
  void read(Signal signal, LetterFilter filter, Visitor visitor) {
    Map<TopicPartition, OffsetSet> settled = settled(signal);
    each(
        stretches(
            signal, filter.period().from().toEpochMilli(), filter.period().to().toEpochMilli()),
        record -> {
          Letter letter = new Letter(signal, record);
          boolean isOpen = !Mark.isMark(record) && !isSettled(settled, record);
          return !isOpen || !filter.chooses(letter) || visitor.visit(letter);
        });
  }

  /** One letter, settled or not; empty if there is none at that offset, or a mark. */
  Optional<Letter> letter(Signal signal, int partition, long offset) {
    TopicPartition id = new TopicPartition(topic(signal), partition);
    boolean isThere =
        stretches(signal, 0, Long.MAX_VALUE).stream()
            .anyMatch(
                stretch ->
                    stretch.partition().equals(id)
                        && stretch.begin() <= offset
                        && offset < stretch.end());
    Letter[] found = new Letter[1];
    if (isThere) {
      each(
          List.of(new Stretch(id, offset, offset + 1)),
          record -> {
            found[0] = Mark.isMark(record) ? null : new Letter(signal, record);
            return false;
          });
    }
    return Optional.ofNullable(found[0]);
  }

  /** The first offset of each partition that holds a letter without a mark, or else the end. */
  Map<TopicPartition, Long> firstOpen(Signal signal) {
    Map<TopicPartition, OffsetSet> settled = settled(signal);
    Map<TopicPartition, Long> open = new HashMap<>();
    for (Stretch stretch : stretches(signal, 0, Long.MAX_VALUE)) {
      open.put(stretch.partition(), stretch.end());
      each(
          List.of(stretch),
          record -> {
            boolean isSettled = Mark.isMark(record) || isSettled(settled, record);
            if (!isSettled) {
              open.put(stretch.partition(), record.offset());
            }
            return isSettled;
          });
    }
    return open;
  }

  private Map<TopicPartition, OffsetSet> settled(Signal signal) {
    Map<TopicPartition, OffsetSet> settled = new HashMap<>();
    for (Stretch stretch : stretches(signal, 0, Long.MAX_VALUE)) {
      OffsetSet offsets = new OffsetSet(stretch.begin());
      settled.put(stretch.partition(), offsets);
      each(
          List.of(stretch),
          record -> {
            if (Mark.isMark(record)) {
              Mark.offsets(record).forEach(offsets::add);
            }
            return true;
          });
    }
    return settled;
  }

  private static boolean isSettled(
      Map<TopicPartition, OffsetSet> settled, ConsumerRecord<byte[], byte[]> record) {
    OffsetSet offsets = settled.get(partition(record));
    return offsets != null && offsets.contains(record.offset());
  }

  private List<Stretch> stretches(Signal signal, long from, long to) {
    return Stretch.between(consumer, topic(signal), from, to);
  }

  private String topic(Signal signal) {
    return topics.of(signal).deadLetterName();
  }

  private void each(List<Stretch> stretches, RecordVisitor visitor) {
    boolean wantsMore = true;
    for (Stretch stretch : stretches) {
      consumer.pause(consumer.assignment());
      consumer.resume(List.of(stretch.partition()));
      consumer.seek(stretch.partition(), stretch.begin());
      while (wantsMore && consumer.position(stretch.partition()) < stretch.end()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          wantsMore = wantsMore && (record.offset() >= stretch.end() || visitor.visit(record));
        }
      }
    }
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
