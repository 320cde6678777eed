package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.jspecify.annotations.Nullable;

/**
 * Ends series that have had no point for a while. Each call looks at some of them, from where the
 * last call stopped, so that no call takes long however many there are; within half the time after
 * which one is stale each has been looked at.
 */
final class Expiry {

  /** Time between two calls. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final int LEAST_EACH_TIME = 100;

  private final SeriesStore store;
  private final SeriesSums series;
  private final long maxStaleMillis;
  private final DeltaMeters meters;
  private final Sums sums = new Sums();
  private final StateReader state = new StateReader();
  private @Nullable Bytes next;

  Expiry(SeriesStore store, SeriesSums series, Duration maxStale, DeltaMeters meters) {
    this.store = store;
    this.series = series;
    this.maxStaleMillis = maxStale.toMillis();
    this.meters = meters;
  }

  /**
   * @param now time on the partition
   * @return for each tenant a request with an end of each series; empty if none is stale
   */
  Map<String, byte[]> expire(long now) {
    List<KeyValue<Bytes, byte[]>> stale = stale(now - maxStaleMillis);
    if (stale.isEmpty()) {
      return Map.of();
    }
    Map<String, WireWriter> requests = new LinkedHashMap<>();
    try {
      end(stale, TimeUnit.MILLISECONDS.toNanos(now), requests);
    } catch (MalformedOtlp e) {
      throw new IllegalStateException(e); // it was read before it was stored
    }
    meters.expired(stale.size());
    Map<String, byte[]> result = new LinkedHashMap<>();
    requests.forEach((tenant, request) -> result.put(tenant, request.toByteArray()));
    return result;
  }

  private List<KeyValue<Bytes, byte[]>> stale(long seenBefore) {
    List<KeyValue<Bytes, byte[]>> stale = new ArrayList<>();
    long most = LEAST_EACH_TIME + 2 * store.size() * INTERVAL.toMillis() / maxStaleMillis;
    try (KeyValueIterator<Bytes, byte[]> some = store.sumsFrom(next)) {
      for (int seen = 0; seen < most && some.hasNext(); seen++) {
        KeyValue<Bytes, byte[]> one = some.next();
        if (SeriesSums.lastSeen(state.over(one.value)) < seenBefore) {
          stale.add(one);
        }
      }
      next = some.hasNext() ? some.next().key : null;
    }
    return stale;
  }

  /** Series of a metric lie together, and so do their ends. */
  private void end(
      List<KeyValue<Bytes, byte[]>> stale, long nowNanos, Map<String, WireWriter> requests)
      throws MalformedOtlp {
    Bytes current = null;
    Head head = null;
    Head.Open open = null;
    for (KeyValue<Bytes, byte[]> one : stale) {
      Bytes of = SeriesStore.head(one.key.get());
      if (head == null || open == null || !of.equals(current)) {
        if (open != null) {
          open.close();
        }
        head = head(of);
        open = head.open(requests.computeIfAbsent(head.tenant(), t -> new WireWriter(1024)));
        current = of;
      }
      endOne(head, one, nowNanos, open.out());
      store.remove(head.tenant(), one.key);
    }
    if (open != null) {
      open.close();
    }
  }

  private Head head(Bytes key) {
    byte[] encoded = store.identity(key);
    if (encoded == null) {
      throw new IllegalStateException("series without a head");
    }
    return Head.decode(encoded);
  }

  /** Behind the last point, whatever its sender's clock says. */
  private void endOne(Head head, KeyValue<Bytes, byte[]> one, long nowNanos, WireWriter out)
      throws MalformedOtlp {
    long time = Math.max(nowNanos, series.last(one.value) + TimeUnit.MILLISECONDS.toNanos(1));
    out.tag(1, WireReader.LENGTH_DELIMITED);
    int point = out.begin();
    series.writeEnd(sums.of(head.type()), one.key, one.value, time, out);
    out.end(point);
  }
}
