package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.AttributeText;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data points of explicit histograms: a series for the sum, one for the count and one for each
 * bucket with its upper bound as {@code le}, counts cumulated; or one native histogram.
 */
final class HistogramPoints implements SeriesFinder.Shape {

  private static final byte[] LE = "le".getBytes(UTF_8);
  private static final byte[] LE_INF = LabelWriter.label("le", "+Inf");
  private static final int MAX_REMEMBERED = 8192;

  private static final int COUNT = WireReader.tag(4, WireReader.FIXED64);
  private static final int SUM = WireReader.tag(5, WireReader.FIXED64);

  private final PointSink sink;
  private final boolean isNative;
  private final DataPoint point = new DataPoint(9, 10, 8);
  private final WireReader reader = new WireReader(new byte[0], 4);
  private final Numbers counts = new Numbers();
  private final Numbers bounds = new Numbers();
  private final RangeTable boundLists = new RangeTable();
  private final Map<Long, byte[]> leLabels = new HashMap<>();
  private final NativeHistograms histograms = new NativeHistograms();
  private final NativeHistograms.Summary summary = new NativeHistograms.Summary();

  private long count;
  private long sumBits;
  private boolean hasSum;

  /** Fields of explicit bounds, and where the last one lies. */
  private int boundFields;

  private int boundsFrom;
  private int boundsTo;

  HistogramPoints(PointSink sink, boolean isNative) {
    this.sink = sink;
    this.isNative = isNative;
  }

  void clear() {
    boundLists.clear();
    if (leLabels.size() > MAX_REMEMBERED) {
      leLabels.clear();
    }
  }

  void convert(byte[] source, int from, int to) throws MalformedOtlp {
    read(source, from, to);
    if (isNative) {
      convertNative();
      return;
    }
    int place = sink.begin(point, this, variant());
    if (place < 0) {
      return;
    }
    int next = place;
    if (hasSum) {
      sink.sample(next++, sumBits);
    }
    sink.sample(next++, number(count));
    long cumulated = 0;
    for (int i = 0; i < buckets(); i++) {
      cumulated += counts.values()[i];
      sink.sample(next, number(cumulated));
      sink.exemplars(next++, bounds.number(i));
    }
    sink.sample(next, number(count));
    sink.exemplars(next, Double.POSITIVE_INFINITY);
  }

  private void convertNative() throws MalformedOtlp {
    if (counts.size() == 0 && bounds.size() == 0) {
      counts.add(count); // one bucket of everything, as a native histogram's buckets must add up
    }
    if (counts.size() > bounds.size() + 1) {
      sink.refuse(Unconvertible.HISTOGRAM_BUCKETS, 1);
      return;
    }
    int place = sink.begin(point, this, 0);
    if (place >= 0) {
      WireBuffer out = sink.table.histograms;
      int from = out.size();
      summary.of(point, count, sumBits, 0);
      histograms.custom(summary, counts, bounds, out);
      sink.histogram(place, from);
      sink.exemplars(place, Double.POSITIVE_INFINITY);
    }
  }

  private void read(byte[] source, int from, int to) throws MalformedOtlp {
    count = 0;
    sumBits = 0;
    hasSum = false;
    boundFields = 0;
    counts.clear();
    bounds.clear();
    point.start(source, from, to);
    reader.over(source, from, to);
    while (reader.next()) {
      if (reader.tag() == COUNT) {
        count = reader.value();
      } else if (reader.tag() == SUM) {
        sumBits = reader.value();
        hasSum = true;
      } else if (reader.field() == 6) {
        counts.takeFixed(source, reader);
      } else if (reader.field() == 7) {
        bounds.takeFixed(source, reader);
        boundFields++;
        boundsFrom = reader.from();
        boundsTo = reader.end();
      } else {
        point.take(reader);
      }
    }
  }

  /** Two points share it if they have a sum or both have none, and the same bounds. */
  private long variant() {
    if (boundFields > 1 || buckets() != bounds.size()) {
      return -1;
    }
    int number = boundFields == 0 ? 0 : boundLists.number(1, point.source, boundsFrom, boundsTo);
    long list = boundFields == 0 ? 0 : 1L + (number < 0 ? -1 - number : number);
    return list << 1 | (hasSum ? 1 : 0);
  }

  /** Buckets with a bound of their own. */
  private int buckets() {
    return Math.min(bounds.size(), counts.size());
  }

  private static long number(long observations) {
    double number =
        observations >= 0 ? observations : ((observations >>> 1) | (observations & 1)) * 2.0;
    return Double.doubleToRawLongBits(number);
  }

  @Override
  public int series() {
    return isNative ? 1 : buckets() + (hasSum ? 3 : 2);
  }

  @Override
  public byte @Nullable [] extraName() {
    return isNative ? null : LE;
  }

  @Override
  public byte[] name(Family family, int i) {
    if (isNative) {
      return family.plain;
    }
    int bucket = bucket(i);
    return bucket == -2 ? family.sum : bucket == -1 ? family.count : family.bucket;
  }

  @Override
  public byte @Nullable [] extra(int i) {
    if (isNative || bucket(i) < 0) {
      return null;
    }
    return bucket(i) == buckets() ? LE_INF : le(bounds.values()[bucket(i)]);
  }

  /** The bucket a series stands for; -1 for the count, -2 for the sum. */
  private int bucket(int i) {
    return hasSum ? i - 2 : i - 1;
  }

  private byte[] le(long boundBits) {
    return leLabels.computeIfAbsent(
        boundBits,
        bits -> LabelWriter.label("le", AttributeText.plain(Double.longBitsToDouble(bits))));
  }

  @Override
  public boolean isHistogram() {
    return isNative;
  }
}
