package io.millrace.metrics.delta;

import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;

/** Count, sum, least and greatest value: what both types of histogram have. */
final class Distribution {

  private static final int COUNT = 4;
  private static final int SUM = 5;
  private static final int COUNT_TAG = WireReader.tag(COUNT, WireReader.FIXED64);
  private static final int SUM_TAG = WireReader.tag(SUM, WireReader.FIXED64);

  private static final int HAS_SUM = 1;
  private static final int HAS_MIN = 2;
  private static final int HAS_MAX = 4;

  private final int minField;
  private final int maxField;
  private int has;
  private long count;
  private double sum;
  private double min;
  private double max;

  Distribution(int minField, int maxField) {
    this.minField = minField;
    this.maxField = maxField;
  }

  void clear() {
    has = 0;
    count = 0;
  }

  boolean take(WireReader field) {
    int tag = field.tag();
    if (tag == COUNT_TAG) {
      count = field.value();
    } else if (tag == SUM_TAG) {
      sum = Double.longBitsToDouble(field.value());
      has |= HAS_SUM;
    } else if (tag == WireReader.tag(minField, WireReader.FIXED64)) {
      min = Double.longBitsToDouble(field.value());
      has |= HAS_MIN;
    } else if (tag == WireReader.tag(maxField, WireReader.FIXED64)) {
      max = Double.longBitsToDouble(field.value());
      has |= HAS_MAX;
    } else {
      return false;
    }
    return true;
  }

  long count() {
    return count;
  }

  /** Can the two be added without more than a count can hold? */
  boolean fits(Distribution delta) {
    return count + delta.count >= 0;
  }

  boolean hasSum() {
    return (has & HAS_SUM) != 0;
  }

  void set(Distribution other) {
    has = other.has;
    count = other.count;
    sum = other.sum;
    min = other.min;
    max = other.max;
    dropUselessSum();
  }

  /**
   * What one of the two has not, the result has not. Histograms are monotonic, so the least and the
   * greatest value of all intervals are those of the whole.
   */
  void add(Distribution delta) {
    has &= delta.has;
    count += delta.count;
    sum += delta.sum;
    min = Math.min(min, delta.min);
    max = Math.max(max, delta.max);
    dropUselessSum();
  }

  /** NaN and infinity would stay for ever: then there is no sum, until the series starts anew. */
  private void dropUselessSum() {
    if (hasSum() && !Double.isFinite(sum)) {
      has &= ~HAS_SUM;
    }
  }

  void load(StateReader state) {
    has = (int) state.varint();
    count = state.varint();
    sum = hasSum() ? state.float64() : 0;
    min = (has & HAS_MIN) != 0 ? state.float64() : 0;
    max = (has & HAS_MAX) != 0 ? state.float64() : 0;
  }

  void save(WireWriter state) {
    state.varint(has);
    state.varint(count);
    save(state, HAS_SUM, sum);
    save(state, HAS_MIN, min);
    save(state, HAS_MAX, max);
  }

  private void save(WireWriter state, int which, double value) {
    if ((has & which) != 0) {
      state.fixed(Double.doubleToRawLongBits(value), Double.BYTES);
    }
  }

  void write(WireWriter out) {
    PointSum.fixed64(out, COUNT, count);
    if (hasSum()) {
      PointSum.float64(out, SUM, sum);
    }
    if ((has & HAS_MIN) != 0) {
      PointSum.float64(out, minField, min);
    }
    if ((has & HAS_MAX) != 0) {
      PointSum.float64(out, maxField, max);
    }
  }

  /** Of a series that has ended: a sum if it had one. */
  void writeEnd(WireWriter out) {
    if (hasSum()) {
      PointSum.float64(out, SUM, 0);
    }
  }
}
