package io.millrace.metrics.delta;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads both topics for Kafka Streams, which goes on at the beginning of what is left where
 * retention was faster, and tells nobody: here it is counted.
 */
final class SourceConsumer extends KafkaConsumer<byte[], byte[]> {

  private static final Logger log = LoggerFactory.getLogger(SourceConsumer.class);

  private final DeltaMeters meters;

  SourceConsumer(Map<String, Object> properties, DeltaMeters meters) {
    super(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.meters = meters;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    try {
      return super.poll(timeout);
    } catch (OffsetOutOfRangeException e) {
      try {
        expired(e.offsetOutOfRangePartitions());
      } catch (KafkaException unanswered) {
        e.addSuppressed(unanswered); // Streams goes on by the one that it knows
      }
      throw e;
    }
  }

  private void expired(Map<TopicPartition, Long> wanted) {
    Map<TopicPartition, Long> earliest = beginningOffsets(wanted.keySet());
    wanted.forEach((id, offset) -> expired(id, offset, earliest.getOrDefault(id, offset)));
  }

  private void expired(TopicPartition id, long wanted, long earliest) {
    long lost = Math.max(0, earliest - wanted);
    meters.expiredRecords(lost);
    log.error(
        "records-expired: {} offset {} is not in the log any more (earliest: {}): {} records were"
            + " removed by retention before their delta points were summed",
        id,
        wanted,
        earliest,
        lost);
  }
}
