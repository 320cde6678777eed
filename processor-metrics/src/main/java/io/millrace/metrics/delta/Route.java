package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.MetricRequest;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Takes the delta points out of the records of the metrics topic. All else there is the delivery's:
 * other points, sums that were made here, and what cannot be read, which it dead-letters.
 */
final class Route implements Processor<byte[], byte[], Integer, byte[]> {

  private final Outgoing outgoing;
  private final DeltaMeters meters;
  private ProcessorContext<Integer, byte[]> context;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
  Route(Outgoing outgoing, DeltaMeters meters) {
    this.outgoing = outgoing;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<Integer, byte[]> toTopic) {
    context = toTopic;
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (record.value() == null || isSummed(record) || isRedriven(record)) {
      return;
    }
    try {
      MetricRequest request = MetricRequest.of(record.value());
      if (request.deltas() > 0) {
        meters.routed(request.deltas());
        route(request, record);
      }
    } catch (MalformedOtlp e) {
      return; // counted and kept by the delivery, which reads the same record
    }
  }

  /**
   * The delivery has dropped them by now: it does not look into resources, by which it goes here.
   */
  private void route(MetricRequest request, Record<byte[], byte[]> record) {
    RecordHeaders.put(record.headers(), LogTime.APPENDED, Long.toString(record.timestamp()));
    try {
      outgoing.send(context, request.onlyDeltas(), record.headers(), record.timestamp());
    } catch (MalformedOtlp e) {
      meters.dropped(Drop.MALFORMED, request.deltas());
    }
  }

  /** It was summed when it came first; one destination alone gets it again, as it is. */
  private static boolean isRedriven(Record<byte[], byte[]> record) {
    return RecordHeaders.get(record.headers(), DeadLetterHeaders.REDRIVEN_TO).isPresent();
  }

  /** Such records come back to where they are read from and must not go round. */
  private static boolean isSummed(Record<byte[], byte[]> record) {
    return RecordHeaders.get(record.headers(), RecordHeaders.SUMMED).isPresent();
  }
}
