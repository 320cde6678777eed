package io.millrace.metrics.prometheus;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import org.jspecify.annotations.Nullable;

/** Data points of gauges and sums: one sample each. */
final class NumberPoints implements SeriesFinder.Shape {

  private static final int DOUBLE = WireReader.tag(4, WireReader.FIXED64);
  private static final int INT = WireReader.tag(6, WireReader.FIXED64);

  private final PointSink sink;
  private final DataPoint point = new DataPoint(7, 8, 5);
  private final WireReader reader = new WireReader(new byte[0], 4);

  NumberPoints(PointSink sink) {
    this.sink = sink;
  }

  void convert(byte[] source, int from, int to, MetricKind kind) throws MalformedOtlp {
    long bits = 0;
    point.start(source, from, to);
    reader.over(source, from, to);
    while (reader.next()) {
      if (reader.tag() == DOUBLE) {
        bits = reader.value();
      } else if (reader.tag() == INT) {
        bits = Double.doubleToRawLongBits((double) reader.value());
      } else {
        point.take(reader);
      }
    }
    int place = sink.begin(point, this, 0);
    if (place >= 0) {
      sink.sample(place, bits);
      if (kind == MetricKind.COUNTER || kind == MetricKind.UP_DOWN_COUNTER) {
        sink.exemplars(place, Double.POSITIVE_INFINITY);
      }
    }
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
    return false;
  }
}
