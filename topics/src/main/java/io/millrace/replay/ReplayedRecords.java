package io.millrace.replay;

import io.millrace.delivery.Stage;
import io.millrace.delivery.Staged;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.terminal.Pace;
import io.millrace.topics.RecordHeaders;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What a replay does to records beyond what the processor does: leaves out other tenants, keeps to
 * a rate, and passes over what cannot be read, which the live processor has put among the dead
 * letters already. Loop thread only.
 */
final class ReplayedRecords implements Stage {

  static final String OTHER_TENANT = "tenant";
  static final String UNREADABLE = "unreadable";

  private static final byte[] NOTHING = {};

  private final Stage inner;
  private final Optional<String> tenant;
  private final Pace pace;

  ReplayedRecords(Stage inner, Optional<String> tenant, Pace pace) {
    this.inner = inner;
    this.tenant = tenant;
    this.pace = pace;
  }

  @Override
  public boolean mayRead(TopicPartition partition, long offset) {
    return inner.mayRead(partition, offset);
  }

  @Override
  public boolean mayPass(ConsumerRecord<byte[], byte[]> record) {
    return inner.mayPass(record) && pace.nanosUntilDue() <= 0;
  }

  @Override
  public Staged apply(ConsumerRecord<byte[], byte[]> record) {
    Staged staged;
    try {
      staged = inner.apply(record);
    } catch (MalformedOtlp e) {
      return new Staged(NOTHING, 0, 0, Map.of(UNREADABLE, 1), NOTHING);
    }
    String found = RecordHeaders.get(record.headers(), RecordHeaders.TENANT).orElse("");
    if (staged.items() > 0 && !tenant.map(found::equals).orElse(true)) {
      Map<String, Integer> dropped = new LinkedHashMap<>(staged.dropped());
      dropped.merge(OTHER_TENANT, staged.items(), Integer::sum);
      return new Staged(NOTHING, 0, staged.sampledOut(), dropped, NOTHING);
    }
    pace.gone(staged.value().length);
    return staged;
  }

  @Override
  public byte[] letter(ConsumerRecord<byte[], byte[]> record) {
    return inner.letter(record);
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
