package io.millrace.metrics;

import io.millrace.delivery.Stage;
import io.millrace.delivery.Staged;
import io.millrace.metrics.MetricsDestination.DeltaPoints;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.MetricRequest;
import io.millrace.topics.RecordHeaders;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Gives a destination delta points or the sums that were made of them, never both. What it leaves
 * out counts as dropped, by a rule of its own name.
 */
final class DeltaStage implements Stage {

  /** Delta points that are delivered as sums. */
  static final String SUMMED = "delta-summed";

  /** Sums of delta points that are delivered themselves. */
  static final String AS_RECEIVED = "delta-as-received";

  private static final byte[] NOTHING = {};

  private final DeltaPoints wanted;

  DeltaStage(DeltaPoints wanted) {
    this.wanted = wanted;
  }

  @Override
  public Staged apply(ConsumerRecord<byte[], byte[]> record) throws MalformedOtlp {
    byte[] value = record.value() == null ? NOTHING : record.value();
    MetricRequest request = MetricRequest.of(value);
    boolean isSummed = RecordHeaders.get(record.headers(), RecordHeaders.SUMMED).isPresent();
    if (wanted == DeltaPoints.AS_RECEIVED) {
      return isSummed
          ? staged(NOTHING, 0, AS_RECEIVED, request.items())
          : new Staged(value, request.items(), 0);
    }
    int deltas = request.deltas();
    return deltas == 0 || isSummed
        ? new Staged(value, request.items(), 0)
        : staged(request.withoutDeltas(), request.items() - deltas, SUMMED, deltas);
  }

  private static Staged staged(byte[] value, int items, String rule, int dropped) {
    return new Staged(value, items, 0, Map.of(rule, dropped), value);
  }
}
