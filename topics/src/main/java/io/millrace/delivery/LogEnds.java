package io.millrace.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the partitions end. The consumer knows it of those it fetches from; of those that are
 * paused, because their backend is away perhaps, Kafka is asked now and then. Loop thread only.
 */
final class LogEnds {

  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(5);

  /** The loop waits for the answer: it must not be long. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

  private final Consumer<?, ?> consumer;
  private final Ticker ticker;
  private final Map<TopicPartition, Long> asked = new HashMap<>();
  private long askedAtNanos;

  LogEnds(Consumer<?, ?> consumer, Ticker ticker) {
    this.consumer = consumer;
    this.ticker = ticker;
    this.askedAtNanos = ticker.nanos();
  }

  /** Asks, if it is time to and any partition is paused. */
  void ask(Collection<AssignedPartition> partitions) {
    if (ticker.nanos() - askedAtNanos < BETWEEN_QUESTIONS.toNanos()) {
      return;
    }
    askedAtNanos = ticker.nanos();
    asked.clear();
    List<TopicPartition> paused = new ArrayList<>();
    for (AssignedPartition partition : partitions) {
      if (partition.isPaused() && !partition.isRead()) {
        paused.add(partition.id);
      }
    }
    if (paused.isEmpty()) {
      return;
    }
    try {
      asked.putAll(consumer.endOffsets(paused, LONGEST_WAIT));
    } catch (KafkaException e) {
      asked.clear(); // what the consumer saw last has to do
    }
  }

  /** Offset behind the last record of a partition, as far as it is known. */
  long of(AssignedPartition partition) {
    long seen = partition.position() + consumer.currentLag(partition.id).orElse(0);
    return Math.max(seen, asked.getOrDefault(partition.id, 0L));
  }
}
