package io.millrace.processor;

import io.millrace.delivery.Stage;
import io.millrace.delivery.Staged;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.RecordHeaders;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Drops records that were redriven for another destination: this one has had its own copy of them.
 * Everything else is the inner stage's. Loop thread only.
 */
final class RedrivenRecords implements Stage {

  /** Stands in for a rule's name where dropped items are counted. */
  static final String RULE = "redriven-to-another";

  private static final byte[] NOTHING = {};

  private final Stage inner;
  private final String destination;

  RedrivenRecords(Stage inner, String destination) {
    this.inner = inner;
    this.destination = destination;
  }

  /** The inner stage sees them all: a sampler must know how far the records have come. */
  @Override
  public Staged apply(ConsumerRecord<byte[], byte[]> record) throws MalformedOtlp {
    boolean isForAnother =
        RecordHeaders.get(record.headers(), DeadLetterHeaders.REDRIVEN_TO)
            .filter(to -> !to.equals(destination))
            .isPresent();
    if (!isForAnother) {
      return inner.apply(record);
    }
    return new Staged(NOTHING, 0, 0, Map.of(RULE, items(record)), NOTHING);
  }

  /** It may well be unreadable, and then it is the other destination's once more. */
  private int items(ConsumerRecord<byte[], byte[]> record) {
    try {
      Staged staged = inner.apply(record);
      return staged.items() + staged.sampledOut();
    } catch (MalformedOtlp e) {
      return 1;
    }
  }

  @Override
  public byte[] letter(ConsumerRecord<byte[], byte[]> record) {
    return inner.letter(record);
  }

  @Override
  public boolean mayRead(TopicPartition partition, long offset) {
    return inner.mayRead(partition, offset);
  }

  @Override
  public boolean mayPass(ConsumerRecord<byte[], byte[]> record) {
    return inner.mayPass(record);
  }

  @Override
  public void assigned(Map<TopicPartition, Long> positions) {
    inner.assigned(positions);
  }

  @Override
  public void revoked(Collection<TopicPartition> partitions) {
    inner.revoked(partitions);
  }

  @Override
  public void turn() {
    inner.turn();
  }

  @Override
  public void close() {
    inner.close();
  }
}
