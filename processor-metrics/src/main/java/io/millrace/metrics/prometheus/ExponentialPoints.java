package io.millrace.metrics.prometheus;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import org.jspecify.annotations.Nullable;

/** Data points of exponential histograms: one native histogram each. */
final class ExponentialPoints implements SeriesFinder.Shape {

  private static final int COUNT = WireReader.tag(4, WireReader.FIXED64);
  private static final int SUM = WireReader.tag(5, WireReader.FIXED64);
  private static final int SCALE = WireReader.tag(6, WireReader.VARINT);
  private static final int ZERO_COUNT = WireReader.tag(7, WireReader.FIXED64);
  private static final int POSITIVE = WireReader.tag(8, WireReader.LENGTH_DELIMITED);
  private static final int NEGATIVE = WireReader.tag(9, WireReader.LENGTH_DELIMITED);
  private static final int OFFSET = WireReader.tag(1, WireReader.VARINT);

  /** Beyond this an index of a bucket is no double's. */
  private static final int MAX_SCALE = 20;

  private final PointSink sink;
  private final DataPoint point = new DataPoint(1, 10, 11);
  private final WireReader reader = new WireReader(new byte[0], 4);
  private final WireReader bucketReader = new WireReader(new byte[0], 5);
  private final NativeHistograms histograms = new NativeHistograms();
  private final NativeHistograms.Summary summary = new NativeHistograms.Summary();
  private final NativeHistograms.Side positive = new NativeHistograms.Side();
  private final NativeHistograms.Side negative = new NativeHistograms.Side();

  private long count;
  private long sumBits;
  private long zeroCount;
  private int scale;

  ExponentialPoints(PointSink sink) {
    this.sink = sink;
  }

  void convert(byte[] source, int from, int to) throws MalformedOtlp {
    read(source, from, to);
    if (scale < NativeHistograms.MIN_SCHEMA || scale > NativeHistograms.MAX_SCHEMA + MAX_SCALE) {
      sink.refuse(Unconvertible.HISTOGRAM_SCALE, 1);
      return;
    }
    int place = sink.begin(point, this, 0);
    if (place >= 0) {
      WireBuffer out = sink.table.histograms;
      int start = out.size();
      summary.of(point, count, sumBits, zeroCount);
      histograms.exponential(summary, scale, positive, negative, out);
      sink.histogram(place, start);
      sink.exemplars(place, Double.POSITIVE_INFINITY);
    }
  }

  private void read(byte[] source, int from, int to) throws MalformedOtlp {
    count = 0;
    sumBits = 0;
    zeroCount = 0;
    scale = 0;
    positive.clear();
    negative.clear();
    point.start(source, from, to);
    reader.over(source, from, to);
    while (reader.next()) {
      int tag = reader.tag();
      if (tag == COUNT) {
        count = reader.value();
      } else if (tag == SUM) {
        sumBits = reader.value();
      } else if (tag == SCALE) {
        scale = zigzag(reader.value());
      } else if (tag == ZERO_COUNT) {
        zeroCount = reader.value();
      } else if (tag == POSITIVE) {
        readBuckets(source, positive);
      } else if (tag == NEGATIVE) {
        readBuckets(source, negative);
      } else {
        point.take(reader);
      }
    }
  }

  private void readBuckets(byte[] source, NativeHistograms.Side side) throws MalformedOtlp {
    bucketReader.over(source, reader.from(), reader.end());
    while (bucketReader.next()) {
      if (bucketReader.tag() == OFFSET) {
        side.offset = zigzag(bucketReader.value());
      } else if (bucketReader.field() == 2) {
        side.counts.takeVarints(source, bucketReader);
      }
    }
  }

  private static int zigzag(long value) {
    int bits = (int) value;
    return bits >>> 1 ^ -(bits & 1);
  }

  @Override
  public int series() {
    return 1;
  }

  @Override
  public byte @Nullable [] extraName() {
    return null;
  }

  @Override
  public byte[] name(Family family, int i) {
    return family.plain;
  }

  @Override
  public byte @Nullable [] extra(int i) {
    return null;
  }

  @Override
  public boolean isHistogram() {
    return true;
  }
}
