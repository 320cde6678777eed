package io.millrace.traces;

import io.millrace.delivery.Stage;
import io.millrace.delivery.Staged;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import io.millrace.otlp.SpanRequest;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.RecordHeaders;
import io.millrace.traces.policy.TailSamplingConfig;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The tail sampler as the delivery loop sees it: the forwarder. Its gate stays shut until the
 * {@link DecidingReader} has a verdict on every trace of a record; then kept spans pass as the
 * bytes they are, with what {@link SpanAnnotations} puts behind them. See docs/adr/0005. Loop
 * thread only.
 */
final class Sampler implements Stage {

  private final DecidingReader reader;
  private final SamplingMeters meters;
  private final SpanAnnotations annotations;
  private final PolicySource source;
  private TailSamplingConfig policies;
  private final Map<TopicPartition, PartitionDecider> deciders = new LinkedHashMap<>();
  private int[] kept = new int[128];
  private byte[] @Nullable [] fields = new byte[128][];

  // What was looked up last, of the current record.
  private long last;
  private long lastHigh;
  private long lastLow;

  /**
   * @param policies that the reader decides by
   * @param source of the policies to decide by later
   */
  Sampler(
      DecidingReader reader,
      SamplingMeters meters,
      SpanAnnotations annotations,
      TailSamplingConfig policies,
      PolicySource source) {
    this.reader = reader;
    this.meters = meters;
    this.annotations = annotations;
    this.policies = policies;
    this.source = source;
  }

  @Override
  public void assigned(Map<TopicPartition, Long> positions) {
    deciders.putAll(reader.add(positions));
  }

  @Override
  public void revoked(Collection<TopicPartition> partitions) {
    partitions.forEach(deciders::remove);
    reader.remove(partitions);
  }

  @Override
  public void turn() {
    TailSamplingConfig now = source.current();
    if (!now.equals(policies)) {
      policies = now;
      deciders.putAll(
          reader.change(source.decider(now), () -> new PolicyVerdicts(now, meters, annotations)));
      meters.reloaded();
    }
    reader.read();
    reader.measure();
  }

  @Override
  public boolean mayRead(TopicPartition partition, long offset) {
    PartitionDecider decider = deciders.get(partition);
    if (decider == null) {
      return true;
    }
    decider.forwarded(Math.max(decider.forwardedTo(), offset - 1)); // also what retention has taken
    return decider.mayPass(offset) || decider.isUnread(offset);
  }

  @Override
  public boolean mayPass(ConsumerRecord<byte[], byte[]> record) {
    PartitionDecider decider = deciders.get(partition(record));
    return decider != null && decider.mayPass(record.offset());
  }

  @Override
  public Staged apply(ConsumerRecord<byte[], byte[]> record) throws MalformedOtlp {
    PartitionDecider decider = deciders.get(partition(record));
    if (decider == null) {
      throw new IllegalStateException(partition(record) + " is not assigned");
    }
    try {
      if (isRedriven(record)) {
        return Stage.passThrough(Signal.TRACES).apply(record);
      }
      byte[] value = record.value() == null ? new byte[0] : record.value();
      return sample(value, decider, decider.isPlain(record.offset()));
    } finally {
      decider.forwarded(record.offset());
    }
  }

  /** What was kept once, and then chosen by a person, is not decided on again. */
  static boolean isRedriven(ConsumerRecord<byte[], ?> record) {
    return RecordHeaders.get(record.headers(), DeadLetterHeaders.REDRIVEN_TO).isPresent();
  }

  /**
   * @param plain whether every span begins with its only trace id, so that the rest of those not
   *     sampled need not be read again
   */
  private Staged sample(byte[] value, PartitionDecider decider, boolean plain)
      throws MalformedOtlp {
    SpanRequest request = SpanRequest.of(value);
    int spans = request.spans();
    if (kept.length < spans) {
      kept = new int[Math.max(spans, kept.length * 2)];
      fields = new byte[kept.length][];
    }
    int count = 0;
    last = PartitionDecider.UNDECIDED;
    for (int span = 0; span < spans; span++) {
      long decided = decided(request, span, decider, plain);
      if (PartitionDecider.verdict(decided) != PartitionDecider.NOT_SAMPLED) {
        if (plain) {
          request.readTraceId(span); // for its tracestate
        }
        fields[count] = annotations.fields(request, decided);
        kept[count++] = span;
      }
    }
    byte[] keptValue = count == 0 ? new byte[0] : request.only(kept, count, fields);
    return new Staged(keptValue, count, spans - count);
  }

  /** What no one has decided is kept: to lose it would be worse. */
  private long decided(SpanRequest request, int span, PartitionDecider decider, boolean plain)
      throws MalformedOtlp {
    if (plain) {
      request.readFirstTraceId(span);
    }
    long decided =
        plain || request.readTraceId(span)
            ? decided(request.idHigh(), request.idLow(), decider)
            : PartitionDecider.UNDECIDED;
    if (PartitionDecider.verdict(decided) == PartitionDecider.UNDECIDED) {
      meters.withoutVerdict();
    }
    return decided;
  }

  /** Spans of a trace stand together, mostly. */
  private long decided(long high, long low, PartitionDecider decider) {
    if (last == PartitionDecider.UNDECIDED || high != lastHigh || low != lastLow) {
      last = decider.decided(high, low);
      lastHigh = high;
      lastLow = low;
    }
    return last;
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  @Override
  public void close() {
    reader.close();
  }
}
