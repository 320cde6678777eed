package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireWriter;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a delta point: the rules of the metrics data model, "Sums: Delta-to-Cumulative".
 * The value of a sum in the store is the append time of its last point in milliseconds, how long
 * that one's time is behind its start, its start, and what its {@link PointSum} makes of it.
 */
final class SeriesSums {

  private final SeriesStore store;
  private final long maxGapNanos;
  private final DeltaMeters meters;
  private final StateReader state = new StateReader();
  private final WireWriter writer = new WireWriter(1024);
  private final byte[] key = new byte[SeriesStore.SERIES_BYTES];

  SeriesSums(SeriesStore store, Duration maxGap, DeltaMeters meters) {
    this.store = store;
    this.maxGapNanos = maxGap.toNanos();
    this.meters = meters;
  }

  /** Append time in a sum of the store. */
  static long lastSeen(StateReader sum) {
    return sum.varint();
  }

  /**
   * Adds the delta that a point sum has read to its series and writes the cumulative point.
   *
   * @param head hash of what the series belongs to
   * @param describe makes the head itself, should it be new
   * @param appended append time of the delta's record
   * @return why there is no point; null if there is
   */
  @Nullable Drop apply(
      PointSum point,
      String tenant,
      Hash128 head,
      Supplier<Head> describe,
      long appended,
      WireWriter out)
      throws MalformedOtlp {
    head.write(key, 0);
    point.attributesHash().write(key, Hash128.BYTES);
    Bytes series = Bytes.wrap(key.clone());
    byte[] known = store.sum(series);
    if (point.timeNanos() <= 0 || Long.compareUnsigned(point.startNanos(), point.timeNanos()) > 0) {
      return Drop.INVALID;
    }
    if (point.isEnd()) {
      return known == null ? Drop.UNKNOWN_SERIES : end(point, tenant, series, known, out);
    }
    if (!point.isValid()) {
      return Drop.INVALID;
    }
    return known == null
        ? begin(point, tenant, series, describe, appended, out)
        : goOn(point, series, known, appended, out);
  }

  private @Nullable Drop begin(
      PointSum point,
      String tenant,
      Bytes series,
      Supplier<Head> describe,
      long appended,
      WireWriter out) {
    if (!store.hasRoom(tenant)) {
      meters.refused(tenant);
      return Drop.SERIES_LIMIT;
    }
    Bytes head = SeriesStore.head(series.get());
    if (!store.knowsHead(head)) {
      store.putHead(head, describe.get());
    }
    store.add(tenant, series, identity(point));
    point.restart();
    put(point, series, point.startNanos(), appended, out);
    return null;
  }

  private @Nullable Drop goOn(
      PointSum point, Bytes series, byte[] known, long appended, WireWriter out) {
    state.over(known);
    lastSeen(state);
    long length = state.varint();
    long start = state.fixed64();
    long last = start + length;
    if (point.timeNanos() == last) {
      return Drop.DUPLICATE;
    }
    if (point.timeNanos() < last) {
      return Drop.OUT_OF_ORDER;
    }
    if (point.startNanos() != 0 && point.startNanos() < start) {
      return Drop.OLDER_START;
    }
    if (point.startNanos() != 0 && point.startNanos() < last) {
      meters.overlapped(); // two writers, or clocks that differ: summed, as nothing says which part
    }
    Reset reset;
    if (point.startNanos() != 0 && point.startNanos() - last > maxGapNanos) {
      reset = Reset.GAP;
    } else {
      point.load(state);
      reset = point.add();
    }
    if (reset == null) {
      put(point, series, start, appended, out);
      return null;
    }
    meters.reset(reset);
    store.putIdentity(series, identity(point));
    point.restart();
    put(point, series, newStart(point, last), appended, out);
    return null;
  }

  /** A sum that starts anew does not overlap what came before. */
  private static long newStart(PointSum point, long last) {
    return Math.max(point.startNanos(), last);
  }

  private void put(PointSum point, Bytes series, long start, long appended, WireWriter out) {
    writer.truncate(0);
    writer.varint(appended);
    writer.varint(point.timeNanos() - start);
    writer.fixed(start, Long.BYTES);
    point.save(writer);
    store.putSum(series, writer.toByteArray());
    point.writePoint(out, start);
  }

  private byte[] identity(PointSum point) {
    writer.truncate(0);
    writer.varint(point.attributes().size());
    writer.copy(point.attributes().bytes(), 0, point.attributes().size());
    writer.copy(point.extra().bytes(), 0, point.extra().size());
    return writer.toByteArray();
  }

  /** The sender says that there is nothing more to come. */
  private @Nullable Drop end(
      PointSum point, String tenant, Bytes series, byte[] known, WireWriter out)
      throws MalformedOtlp {
    long last = last(known);
    if (point.timeNanos() <= last) {
      return point.timeNanos() == last ? Drop.DUPLICATE : Drop.OUT_OF_ORDER;
    }
    writeEnd(point, series, known, point.timeNanos(), out);
    store.remove(tenant, series);
    return null;
  }

  /** Time of the last point of a sum of the store. */
  long last(byte[] known) {
    state.over(known);
    lastSeen(state);
    long length = state.varint();
    return state.fixed64() + length;
  }

  /** Writes a point that says that a series has ended. */
  void writeEnd(PointSum point, Bytes series, byte[] known, long time, WireWriter out)
      throws MalformedOtlp {
    state.over(known);
    lastSeen(state);
    state.varint();
    long start = state.fixed64();
    point.load(state);
    byte[] identity = store.identity(series);
    if (identity == null) {
      throw new IllegalStateException("a series without attributes");
    }
    state.over(identity);
    int length = (int) state.varint();
    int from = state.position();
    point.writeEnd(out, identity, from, from + length, start, time);
  }
}
