package io.millrace.metrics.delta;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The series of one partition. The key of a head is its hash; that of a series is the hash of its
 * head and that of its attributes, so that the series of a metric lie behind their head. What
 * changes with each point is apart from what does not: sums in one store, heads and attributes in
 * the other.
 */
final class SeriesStore {

  static final int HEAD_BYTES = Hash128.BYTES;
  static final int SERIES_BYTES = 2 * Hash128.BYTES;

  private final KeyValueStore<Bytes, byte[]> sums;
  private final KeyValueStore<Bytes, byte[]> identities;
  private final int maxSeries;
  private final DeltaMeters meters;
  private final Map<Bytes, byte[]> unwritten = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private long size;

  /**
   * @param maxSeries of a tenant
   */
  SeriesStore(
      KeyValueStore<Bytes, byte[]> sums,
      KeyValueStore<Bytes, byte[]> identities,
      int maxSeries,
      DeltaMeters meters) {
    this.sums = sums;
    this.identities = identities;
    this.maxSeries = maxSeries;
    this.meters = meters;
    count();
  }

  /** One pass in the order of keys meets each head before its series. */
  private void count() {
    String tenant = "";
    try (KeyValueIterator<Bytes, byte[]> all = identities.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> next = all.next();
        if (next.key.get().length == HEAD_BYTES) {
          tenant = Head.tenant(next.value);
        } else {
          counted(tenant, 1);
        }
      }
    }
  }

  private void counted(String tenant, int more) {
    counts.merge(tenant, more, (before, added) -> before + added == 0 ? null : before + added);
    size += more;
    meters.series(more);
  }

  /** Number of series, of all tenants. */
  long size() {
    return size;
  }

  /** This task's part of the metric goes with it. */
  void close() {
    meters.series(-size);
    counts.clear();
    size = 0;
  }

  static Bytes head(byte[] series) {
    return Bytes.wrap(Arrays.copyOf(series, HEAD_BYTES));
  }

  byte @Nullable [] sum(Bytes series) {
    byte[] changed = unwritten.get(series);
    return changed == null ? sums.get(series) : changed;
  }

  /** Takes a new sum; {@link #write} must be called once all of a record are there. */
  void putSum(Bytes series, byte[] sum) {
    unwritten.put(series, sum);
  }

  /** Writes new sums together, which costs RocksDB less than one by one. */
  void write() {
    if (!unwritten.isEmpty()) {
      sums.putAll(
          unwritten.entrySet().stream()
              .map(entry -> KeyValue.pair(entry.getKey(), entry.getValue()))
              .toList());
      unwritten.clear();
    }
  }

  /** May a tenant have one more? */
  boolean hasRoom(String tenant) {
    return counts.getOrDefault(tenant, 0) < maxSeries;
  }

  boolean knowsHead(Bytes head) {
    return identities.get(head) != null;
  }

  void putHead(Bytes head, Head value) {
    identities.put(head, value.encode());
  }

  void add(String tenant, Bytes series, byte[] identity) {
    identities.put(series, identity);
    counted(tenant, 1);
  }

  /** Attributes and extra bytes of a series that is known. */
  void putIdentity(Bytes series, byte[] identity) {
    identities.put(series, identity);
  }

  byte @Nullable [] identity(Bytes key) {
    return identities.get(key);
  }

  /** The head goes with its last series. */
  void remove(String tenant, Bytes series) {
    write();
    sums.delete(series);
    identities.delete(series);
    counted(tenant, -1);
    Bytes head = head(series.get());
    if (!hasSeries(head)) {
      identities.delete(head);
    }
  }

  private boolean hasSeries(Bytes head) {
    byte[] last = Arrays.copyOf(head.get(), SERIES_BYTES);
    Arrays.fill(last, HEAD_BYTES, SERIES_BYTES, (byte) 0xff);
    Bytes first = Bytes.wrap(Arrays.copyOf(head.get(), SERIES_BYTES));
    try (KeyValueIterator<Bytes, byte[]> series = sums.range(first, Bytes.wrap(last))) {
      return series.hasNext();
    }
  }

  /** Sums that were written, in the order of keys, from a key on. */
  KeyValueIterator<Bytes, byte[]> sumsFrom(@Nullable Bytes key) {
    return key == null ? sums.all() : sums.range(key, null);
  }
}
