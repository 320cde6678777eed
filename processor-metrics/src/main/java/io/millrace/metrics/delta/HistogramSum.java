package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import io.millrace.otlp.Xxh64;
import org.jspecify.annotations.Nullable;

/** Points of histograms with explicit bounds. Of the bounds the sum knows only a hash. */
final class HistogramSum extends PointSum {

  private static final int BUCKETS = 6;
  private static final int BOUNDS = 7;

  private final Distribution delta = new Distribution(11, 12);
  private final Counts buckets = new Counts();
  private final WireWriter bounds = new WireWriter(128);
  private final WireReader boundsReader = new WireReader(new byte[0], 5);
  private final Distribution sum = new Distribution(11, 12);
  private final Counts sumBuckets = new Counts();
  private int boundCount;
  private long sumBoundsHash;

  HistogramSum() {
    super(9, 10);
  }

  @Override
  void clear() {
    delta.clear();
    buckets.clear();
    bounds.truncate(0);
    boundCount = 0;
  }

  @Override
  boolean take(byte[] source, WireReader field) {
    if (field.field() == BUCKETS) {
      buckets.takeFixed(source, field);
      return true;
    }
    if (field.field() == BOUNDS) {
      bounds.copy(source, field.start(), field.end());
      boundCount += bounds(field);
      return true;
    }
    return delta.take(field);
  }

  private static int bounds(WireReader field) {
    return field.isLengthDelimited() ? (field.end() - field.from()) / Double.BYTES : 1;
  }

  @Override
  boolean isValid() {
    boolean fits = boundCount == 0 ? buckets.size() <= 1 : buckets.size() == boundCount + 1;
    return fits && buckets.leftOf(delta.count()) >= 0;
  }

  private long boundsHash() {
    return Xxh64.hash(bounds.bytes(), 0, bounds.size(), 0);
  }

  @Override
  void load(StateReader state) {
    sum.load(state);
    sumBuckets.load(state);
    sumBoundsHash = sumBuckets.size() > 0 ? state.fixed64() : boundsHashOfNone();
  }

  private static long boundsHashOfNone() {
    return Xxh64.hash(new byte[0], 0, 0, 0);
  }

  @Override
  @Nullable Reset add() {
    if (sumBuckets.size() != buckets.size() || sumBoundsHash != boundsHash()) {
      return Reset.BOUNDS_CHANGED;
    }
    if (!sum.fits(delta)) {
      return Reset.OVERFLOW;
    }
    sum.add(delta);
    for (int i = 0; i < buckets.size(); i++) {
      sumBuckets.add(i, buckets.get(i));
    }
    return null;
  }

  @Override
  void restart() {
    sum.set(delta);
    sumBuckets.set(buckets);
    sumBoundsHash = boundsHash();
  }

  @Override
  void save(WireWriter state) {
    sum.save(state);
    sumBuckets.save(state);
    if (sumBuckets.size() > 0) {
      state.fixed(sumBoundsHash, Long.BYTES);
    }
  }

  @Override
  void writeValue(WireWriter out) {
    sum.write(out);
    if (sumBuckets.size() > 0) {
      beginBuckets(out, sumBuckets.size());
      for (int i = 0; i < sumBuckets.size(); i++) {
        out.fixed(sumBuckets.get(i), Long.BYTES);
      }
    }
    out.copy(bounds.bytes(), 0, bounds.size());
  }

  private static void beginBuckets(WireWriter out, int count) {
    out.tag(BUCKETS, WireReader.LENGTH_DELIMITED);
    out.varint((long) count * Long.BYTES);
  }

  @Override
  WireWriter extra() {
    return bounds;
  }

  /** Each bound is a series of its own, and so is the sum. */
  @Override
  void writeEnd(WireWriter out, byte[] source, int extraFrom, int extraTo) throws MalformedOtlp {
    sum.writeEnd(out);
    int count = 0;
    boundsReader.over(source, extraFrom, extraTo);
    while (boundsReader.next()) {
      count += bounds(boundsReader);
    }
    if (count > 0) {
      beginBuckets(out, count + 1);
      for (int i = 0; i <= count; i++) {
        out.fixed(0, Long.BYTES);
      }
      out.copy(source, extraFrom, extraTo);
    }
  }
}
