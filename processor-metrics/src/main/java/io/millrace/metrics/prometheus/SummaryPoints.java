package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.AttributeText;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Data points of summaries: a series for the sum, one for the count, one for each quantile. */
final class SummaryPoints implements SeriesFinder.Shape {

  private static final byte[] QUANTILE = "quantile".getBytes(UTF_8);

  private static final int COUNT = WireReader.tag(4, WireReader.FIXED64);
  private static final int SUM = WireReader.tag(5, WireReader.FIXED64);
  private static final int QUANTILE_VALUE = WireReader.tag(6, WireReader.LENGTH_DELIMITED);
  private static final int QUANTILE_TAG = WireReader.tag(1, WireReader.FIXED64);
  private static final int VALUE_TAG = WireReader.tag(2, WireReader.FIXED64);

  /** Their quantiles lie between their values, so that none is known to be the same as another. */
  private static final long UNKNOWN_VARIANT = -1;

  private final PointSink sink;
  private final DataPoint point = new DataPoint(7, 8, 15);
  private final WireReader reader = new WireReader(new byte[0], 4);
  private final WireReader quantileReader = new WireReader(new byte[0], 5);

  private long count;
  private long sumBits;
  private int size;
  private long[] quantiles = new long[8];
  private long[] values = new long[8];

  SummaryPoints(PointSink sink) {
    this.sink = sink;
  }

  void convert(byte[] source, int from, int to) throws MalformedOtlp {
    read(source, from, to);
    int place = sink.begin(point, this, UNKNOWN_VARIANT);
    if (place >= 0) {
      sink.sample(place, sumBits);
      sink.sample(place + 1, Double.doubleToRawLongBits((double) count));
      for (int i = 0; i < size; i++) {
        sink.sample(place + 2 + i, values[i]);
      }
    }
  }

  private void read(byte[] source, int from, int to) throws MalformedOtlp {
    count = 0;
    sumBits = 0;
    size = 0;
    point.start(source, from, to);
    reader.over(source, from, to);
    while (reader.next()) {
      if (reader.tag() == COUNT) {
        count = reader.value();
      } else if (reader.tag() == SUM) {
        sumBits = reader.value();
      } else if (reader.tag() == QUANTILE_VALUE) {
        readQuantile(source);
      } else {
        point.take(reader);
      }
    }
  }

  private void readQuantile(byte[] source) throws MalformedOtlp {
    if (size == quantiles.length) {
      quantiles = Arrays.copyOf(quantiles, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    quantiles[size] = 0;
    values[size] = 0;
    quantileReader.over(source, reader.from(), reader.end());
    while (quantileReader.next()) {
      if (quantileReader.tag() == QUANTILE_TAG) {
        quantiles[size] = quantileReader.value();
      } else if (quantileReader.tag() == VALUE_TAG) {
        values[size] = quantileReader.value();
      }
    }
    size++;
  }

  @Override
  public int series() {
    return 2 + size;
  }

  @Override
  public byte @Nullable [] extraName() {
    return QUANTILE;
  }

  @Override
  public byte[] name(Family family, int i) {
    return i == 0 ? family.sum : i == 1 ? family.count : family.plain;
  }

  @Override
  public byte @Nullable [] extra(int i) {
    return i < 2
        ? null
        : LabelWriter.label(
            "quantile", AttributeText.plain(Double.longBitsToDouble(quantiles[i - 2])));
  }

  @Override
  public boolean isHistogram() {
    return false;
  }
}
