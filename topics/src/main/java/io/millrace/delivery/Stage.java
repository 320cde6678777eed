package io.millrace.delivery;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What a processor does with a record between Kafka and the batch. Called from the loop's thread,
 * per partition in offset order.
 */
public interface Stage extends AutoCloseable {

  /**
   * The gate: may this record pass now? While it may not, its partition waits and others go on. A
   * tail sampler answers no until the verdicts of the record's traces are final.
   */
  default boolean mayPass(ConsumerRecord<byte[], byte[]> record) {
    return true;
  }

  /**
   * Is it time to read on from this offset? While it is not, records stay with the broker or, as
   * compressed as they are, in Kafka's client: those that wait at a gate would fill the heap. What
   * is read is held against {@link #mayPass} all the same.
   */
  default boolean mayRead(TopicPartition partition, long offset) {
    return true;
  }

  /**
   * Turns a record that may pass into what is delivered.
   *
   * @throws MalformedOtlp if the value cannot be read; the record becomes a dead letter
   */
  Staged apply(ConsumerRecord<byte[], byte[]> record) throws MalformedOtlp;

  /**
   * What a dead letter holds of a record that {@link #apply} cannot read: by default its value as
   * it is.
   */
  default byte[] letter(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null ? new byte[0] : record.value();
  }

  /**
   * Partitions this loop delivers from now on.
   *
   * @param positions offset of the first record it will deliver of each
   */
  default void assigned(Map<TopicPartition, Long> positions) {}

  /** Partitions that are another's now. */
  default void revoked(Collection<TopicPartition> partitions) {}

  /** Called once a turn, between polling and {@link #mayPass}; must not block for long. */
  default void turn() {}

  /** Called when the loop ends. */
  @Override
  default void close() {}

  /** Delivers every record as it is. */
  static Stage passThrough(Signal signal) {
    return record -> {
      byte[] value = record.value() == null ? new byte[0] : record.value();
      return new Staged(value, OtlpItems.count(signal, value), 0);
    };
  }
}
