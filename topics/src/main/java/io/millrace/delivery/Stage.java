package io.millrace.delivery;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a processor does with a record between Kafka and the batch. Called from the loop's thread,
 * per partition in offset order.
 */
public interface Stage {

  /**
   * The gate: may this record pass now? While it may not, its partition waits and others go on. A
   * tail sampler answers no until the verdicts of the record's traces are final.
   */
  default boolean mayPass(ConsumerRecord<byte[], byte[]> record) {
    return true;
  }

  /**
   * Turns a record that may pass into what is delivered.
   *
   * @throws MalformedOtlp if the value cannot be read; the record becomes a dead letter
   */
  Staged apply(ConsumerRecord<byte[], byte[]> record) throws MalformedOtlp;

  /** Delivers every record as it is. */
  static Stage passThrough(Signal signal) {
    return record -> {
      byte[] value = record.value() == null ? new byte[0] : record.value();
      return new Staged(value, OtlpItems.count(signal, value), 0);
    };
  }
}
