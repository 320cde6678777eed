package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;

/** One exponential histogram, and the merging of two as the data model has it. */
final class ExponentialValue {

  /** Of each range, as the SDKs have it. More are merged: the scale goes down. */
  static final int MAX_BUCKETS = 160;

  private static final int SCALE = 6;
  private static final int ZERO_COUNT = 7;
  private static final int POSITIVE = 8;
  private static final int NEGATIVE = 9;
  private static final int ZERO_THRESHOLD = 14;
  private static final int SCALE_TAG = WireReader.tag(SCALE, WireReader.VARINT);
  private static final int ZERO_COUNT_TAG = WireReader.tag(ZERO_COUNT, WireReader.FIXED64);
  private static final int THRESHOLD_TAG = WireReader.tag(ZERO_THRESHOLD, WireReader.FIXED64);
  private static final int POSITIVE_TAG = WireReader.tag(POSITIVE, WireReader.LENGTH_DELIMITED);
  private static final int NEGATIVE_TAG = WireReader.tag(NEGATIVE, WireReader.LENGTH_DELIMITED);

  /** As the SDKs have it. At a greater one the index of a large double is no int. */
  private static final int MAX_SCALE = 20;

  private final Distribution distribution = new Distribution(12, 13);
  private final Buckets positive = new Buckets();
  private final Buckets negative = new Buckets();
  private int scale;
  private long zeroCount;
  private double zeroThreshold;

  void clear() {
    distribution.clear();
    positive.clear();
    negative.clear();
    scale = 0;
    zeroCount = 0;
    zeroThreshold = 0;
  }

  boolean take(byte[] source, WireReader field) throws MalformedOtlp {
    int tag = field.tag();
    if (tag == SCALE_TAG) {
      int read = (int) field.value();
      scale = read >>> 1 ^ -(read & 1);
    } else if (tag == ZERO_COUNT_TAG) {
      zeroCount = field.value();
    } else if (tag == THRESHOLD_TAG) {
      zeroThreshold = Double.longBitsToDouble(field.value());
    } else if (tag == POSITIVE_TAG) {
      positive.read(source, field.from(), field.end());
    } else if (tag == NEGATIVE_TAG) {
      negative.read(source, field.from(), field.end());
    } else {
      return distribution.take(field);
    }
    return true;
  }

  boolean isValid() {
    return Math.abs((long) scale) <= MAX_SCALE
        && zeroCount >= 0
        && zeroThreshold >= 0
        && zeroThreshold < Double.POSITIVE_INFINITY
        && negative.leftOf(positive.leftOf(distribution.count() - zeroCount)) >= 0;
  }

  void set(ExponentialValue other) {
    distribution.set(other.distribution);
    positive.set(other.positive);
    negative.set(other.negative);
    scale = other.scale;
    zeroCount = other.zeroCount;
    zeroThreshold = other.zeroThreshold;
    positive.trim();
    negative.trim();
    downscale(
        Math.max(
            Buckets.downscaleToFit(positive, positive, MAX_BUCKETS),
            Buckets.downscaleToFit(negative, negative, MAX_BUCKETS)));
  }

  /**
   * Takes in another, which is of no use afterwards: both at the lower scale, both with the greater
   * zero threshold.
   */
  void add(ExponentialValue other) {
    other.positive.trim();
    other.negative.trim();
    int common = Math.min(scale, other.scale);
    downscale(scale - common);
    other.downscale(other.scale - common);
    alignZero(other);
    int by =
        Math.max(
            Buckets.downscaleToFit(positive, other.positive, MAX_BUCKETS),
            Buckets.downscaleToFit(negative, other.negative, MAX_BUCKETS));
    downscale(by);
    other.downscale(by);
    positive.add(other.positive);
    negative.add(other.negative);
    zeroCount += other.zeroCount;
    distribution.add(other.distribution);
  }

  /** Can the two be added without more than a count can hold? */
  boolean fits(ExponentialValue other) {
    return distribution.fits(other.distribution);
  }

  private void downscale(int by) {
    positive.downscale(by);
    negative.downscale(by);
    scale -= by;
  }

  /**
   * The greater threshold holds for both. Where it would cut a bucket that is not empty, it is
   * raised to the bucket's end; for the other, that may cut another one.
   */
  private void alignZero(ExponentialValue other) {
    double threshold = Math.max(zeroThreshold, other.zeroThreshold);
    double before;
    do {
      before = threshold;
      threshold = Math.max(raise(before), other.raise(before));
    } while (threshold != before);
    widenZero(threshold);
    other.widenZero(threshold);
  }

  private double raise(double threshold) {
    if (threshold == zeroThreshold) {
      return threshold; // its buckets hold only what is above it, also the one it lies in
    }
    int index = index(threshold);
    return positive.count(index) == 0 && negative.count(index) == 0 ? threshold : upper(index);
  }

  private void widenZero(double threshold) {
    if (threshold == zeroThreshold) {
      return;
    }
    int index = index(threshold);
    int through = upper(index) <= threshold ? index : index - 1;
    zeroCount += positive.removeThrough(through) + negative.removeThrough(through);
    zeroThreshold = threshold;
  }

  /** The bucket that a value above 0 falls into. */
  private int index(double value) {
    double exact = Math.log(value) / Math.log(2) * Math.scalb(1.0, scale);
    int index = (int) Math.ceil(exact) - 1;
    while (upper(index) < value) {
      index++;
    }
    while (upper(index - 1) >= value) {
      index--;
    }
    return index;
  }

  private double upper(int index) {
    return Math.min(Double.MAX_VALUE, Math.pow(2, Math.scalb(index + 1.0, -scale)));
  }

  void load(StateReader state) {
    distribution.load(state);
    scale = (int) state.zigzag();
    zeroCount = state.varint();
    zeroThreshold = state.varint() == 0 ? 0 : state.float64();
    positive.load(state);
    negative.load(state);
  }

  void save(WireWriter state) {
    distribution.save(state);
    state.varint(StateReader.zigzag(scale));
    state.varint(zeroCount);
    state.varint(zeroThreshold == 0 ? 0 : 1);
    if (zeroThreshold != 0) {
      state.fixed(Double.doubleToRawLongBits(zeroThreshold), Double.BYTES);
    }
    positive.save(state);
    negative.save(state);
  }

  void write(WireWriter out) {
    distribution.write(out);
    out.tag(SCALE, WireReader.VARINT);
    out.varint(StateReader.zigzag(scale) & 0xffff_ffffL);
    PointSum.fixed64(out, ZERO_COUNT, zeroCount);
    positive.write(out, POSITIVE);
    negative.write(out, NEGATIVE);
    if (zeroThreshold != 0) {
      PointSum.float64(out, ZERO_THRESHOLD, zeroThreshold);
    }
  }
}
