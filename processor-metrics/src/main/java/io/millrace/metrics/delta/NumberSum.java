package io.millrace.metrics.delta;

import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import org.jspecify.annotations.Nullable;

/** Points of sums: whole numbers while all are, doubles from the first one on. */
final class NumberSum extends PointSum {

  private static final int AS_DOUBLE = 4;
  private static final int AS_INT = 6;
  private static final int DOUBLE_TAG = WireReader.tag(AS_DOUBLE, WireReader.FIXED64);
  private static final int INT_TAG = WireReader.tag(AS_INT, WireReader.FIXED64);

  private static final int WHOLE = 0;
  private static final int FLOAT = 1;

  private boolean monotonic;
  private boolean hasValue;
  private boolean deltaIsWhole;
  private long whole;
  private double delta;
  private boolean sumIsWhole;
  private long wholeSum;
  private double sum;

  NumberSum() {
    super(7, 8);
  }

  /** Of the metric whose points are read from now on. */
  void monotonic(boolean isMonotonic) {
    monotonic = isMonotonic;
  }

  @Override
  void clear() {
    hasValue = false;
  }

  @Override
  boolean take(byte[] source, WireReader field) {
    if (field.tag() != DOUBLE_TAG && field.tag() != INT_TAG) {
      return false;
    }
    hasValue = true;
    deltaIsWhole = field.tag() == INT_TAG;
    whole = field.value();
    delta = deltaIsWhole ? whole : Double.longBitsToDouble(field.value());
    return true;
  }

  /** A value that is not finite would make the sum useless for ever. */
  @Override
  boolean isValid() {
    return hasValue && Double.isFinite(delta) && (!monotonic || delta >= 0);
  }

  @Override
  void load(StateReader state) {
    sumIsWhole = state.varint() == WHOLE;
    if (sumIsWhole) {
      wholeSum = state.zigzag();
      sum = wholeSum;
    } else {
      sum = state.float64();
    }
  }

  @Override
  @Nullable Reset add() {
    sum += delta;
    if (!sumIsWhole || !deltaIsWhole) {
      sumIsWhole = false;
      return Double.isFinite(sum) ? null : Reset.OVERFLOW;
    }
    long before = wholeSum;
    wholeSum += whole;
    boolean overflows = ((before ^ wholeSum) & (whole ^ wholeSum)) < 0;
    return overflows ? Reset.OVERFLOW : null;
  }

  @Override
  void restart() {
    sumIsWhole = deltaIsWhole;
    wholeSum = whole;
    sum = delta;
  }

  @Override
  void save(WireWriter state) {
    if (sumIsWhole) {
      state.varint(WHOLE);
      state.varint(StateReader.zigzag(wholeSum));
    } else {
      state.varint(FLOAT);
      state.fixed(Double.doubleToRawLongBits(sum), Double.BYTES);
    }
  }

  @Override
  void writeValue(WireWriter out) {
    if (sumIsWhole) {
      fixed64(out, AS_INT, wholeSum);
    } else {
      float64(out, AS_DOUBLE, sum);
    }
  }
}
