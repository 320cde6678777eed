package io.millrace.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Some records of a partition that follow each other.
 *
 * @param begin offset of the first
 * @param end offset behind the last; {@code begin} or less if there are none
 */
public record Stretch(TopicPartition partition, long begin, long end) {

  /** Offsets in it: no fewer than records. */
  public long records() {
    return Math.max(0, end - begin);
  }

  /**
   * What each partition of a topic holds between two append times, as far as it is still there. The
   * consumer is assigned them all, and each is paused until it is wanted.
   *
   * @param from in milliseconds
   * @param to in milliseconds; {@link Long#MAX_VALUE} for all there is now
   */
  public static List<Stretch> between(Consumer<?, ?> consumer, String topic, long from, long to) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.pause(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    List<Stretch> stretches = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      long end = ends.getOrDefault(partition, 0L);
      long begin = offsetAt(consumer, partition, from).orElse(end);
      stretches.add(new Stretch(partition, begin, offsetAt(consumer, partition, to).orElse(end)));
    }
    return stretches;
  }

  /** Of the first record at that time or later, if there is one. */
  private static OptionalLong offsetAt(
      Consumer<?, ?> consumer, TopicPartition partition, long time) {
    if (time == Long.MAX_VALUE) {
      return OptionalLong.empty();
    }
    var found = consumer.offsetsForTimes(Map.of(partition, time)).get(partition);
    return found == null ? OptionalLong.empty() : OptionalLong.of(found.offset());
  }
}
