package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Sums the delta points of one partition, and ends series that have gone stale. */
final class Accumulate implements Processor<byte[], byte[], Integer, byte[]> {

  private final DeltaConfig config;
  private final Outgoing outgoing;
  private final DeltaMeters meters;
  private ProcessorContext<Integer, byte[]> context;
  private SeriesStore store;
  private Accumulator accumulator;
  private Expiry expiry;
  private LogTime time;
  private long begun;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else
  Accumulate(DeltaConfig config, Outgoing outgoing, DeltaMeters meters) {
    this.config = config;
    this.outgoing = outgoing;
    this.meters = meters;
  }

  /** The stores hold by now what was read back from their changelogs. */
  @Override
  public void init(ProcessorContext<Integer, byte[]> toTopic) {
    context = toTopic;
    KeyValueStore<Bytes, byte[]> sums = toTopic.getStateStore(DeltaTopology.SUMS);
    KeyValueStore<Bytes, byte[]> identities = toTopic.getStateStore(DeltaTopology.IDENTITIES);
    store = new SeriesStore(sums, identities, config.maxSeries(), meters);
    SeriesSums series = new SeriesSums(store, config.maxGap(), meters);
    accumulator = new Accumulator(series, meters);
    expiry = new Expiry(store, series, config.maxStale(), meters);
    begun = toTopic.currentSystemTimeMs();
    time = new LogTime(begun);
    toTopic.schedule(Expiry.INTERVAL, PunctuationType.WALL_CLOCK_TIME, this::expire);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long appended = LogTime.appended(record);
    time.read(appended, context.currentSystemTimeMs());
    record.headers().remove(LogTime.APPENDED);
    if (record.value() == null) {
      return;
    }
    String tenant = RecordHeaders.get(record.headers(), RecordHeaders.TENANT).orElse("");
    try {
      byte[] cumulative = accumulator.apply(tenant, record.value(), appended);
      int tooLarge = send(cumulative, record.headers(), record.timestamp());
      meters.summed(accumulator.summed() - tooLarge);
    } catch (MalformedOtlp e) {
      meters.dropped(Drop.MALFORMED, items(record.value()));
    }
    store.write();
  }

  private static int items(byte[] request) {
    try {
      return OtlpItems.count(Signal.METRICS, request);
    } catch (MalformedOtlp e) {
      return 1;
    }
  }

  /** Not before a series has had its time to be met: after a stop there is much to be read. */
  private void expire(long now) {
    if (now - begun < config.maxStale().toMillis()) {
      return;
    }
    expiry
        .expire(time.at(now))
        .forEach(
            (tenant, request) -> {
              Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
              if (!tenant.isEmpty()) {
                RecordHeaders.put(headers, RecordHeaders.TENANT, tenant);
              }
              try {
                send(request, headers, now);
              } catch (MalformedOtlp e) {
                throw new IllegalStateException(e); // it was written here
              }
            });
  }

  private int send(byte[] cumulative, Headers headers, long timestamp) throws MalformedOtlp {
    if (cumulative.length == 0) {
      return 0;
    }
    RecordHeaders.put(headers, RecordHeaders.SUMMED, "");
    return outgoing.send(context, cumulative, headers, timestamp);
  }

  @Override
  public void close() {
    store.close();
  }
}
