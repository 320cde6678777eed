package io.millrace.metrics.prometheus;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A native histogram as a receiver reads it, its buckets with their bounds. */
final class ReceivedHistogram {

  private static final int CUSTOM = -53;

  long count;
  double sum;
  int schema;
  double zeroThreshold;
  long zeroCount;
  long millis;
  long startMillis;
  final List<int[]> negativeSpans = new ArrayList<>();
  final List<Long> negativeDeltas = new ArrayList<>();
  final List<int[]> positiveSpans = new ArrayList<>();
  final List<Long> positiveDeltas = new ArrayList<>();
  final List<Double> customValues = new ArrayList<>();

  static ReceivedHistogram read(byte[] bytes) throws IOException {
    ReceivedHistogram histogram = new ReceivedHistogram();
    ReceivedRequest.forEachField(CodedInputStream.newInstance(bytes), histogram::field);
    return histogram;
  }

  private void field(int number, CodedInputStream in) throws IOException {
    switch (number) {
      case 1 -> count = in.readUInt64();
      case 3 -> sum = in.readDouble();
      case 4 -> schema = in.readSInt32();
      case 5 -> zeroThreshold = in.readDouble();
      case 6 -> zeroCount = in.readUInt64();
      case 8 -> negativeSpans.add(span(in.readByteArray()));
      case 9 -> deltas(in.readByteArray(), negativeDeltas);
      case 11 -> positiveSpans.add(span(in.readByteArray()));
      case 12 -> deltas(in.readByteArray(), positiveDeltas);
      case 15 -> millis = in.readInt64();
      case 16 -> {
        CodedInputStream packed = CodedInputStream.newInstance(in.readByteArray());
        while (!packed.isAtEnd()) {
          customValues.add(packed.readDouble());
        }
      }
      case 17 -> startMillis = in.readInt64();
      default -> throw new AssertionError("field " + number);
    }
  }

  private static int[] span(byte[] bytes) throws IOException {
    int[] span = new int[2];
    ReceivedRequest.forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> span[field - 1] = field == 1 ? in.readSInt32() : in.readUInt32());
    return span;
  }

  private static void deltas(byte[] bytes, List<Long> into) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    while (!in.isAtEnd()) {
      into.add(in.readSInt64());
    }
  }

  void addTo(SeriesText text, Map<String, String> labels) {
    List<SeriesText.Bucket> buckets = new ArrayList<>();
    List<SeriesText.Bucket> negative = buckets(negativeSpans, negativeDeltas);
    for (int i = negative.size() - 1; i >= 0; i--) {
      SeriesText.Bucket bucket = negative.get(i);
      buckets.add(new SeriesText.Bucket(-bucket.upper(), -bucket.lower(), bucket.count()));
    }
    if (zeroCount > 0) {
      buckets.add(new SeriesText.Bucket(-zeroThreshold, zeroThreshold, zeroCount));
    }
    buckets.addAll(buckets(positiveSpans, positiveDeltas));
    text.histogram(labels, millis, count, sum, buckets);
  }

  boolean isStale() {
    return Double.doubleToRawLongBits(sum) == 0x7ff0000000000002L;
  }

  private List<SeriesText.Bucket> buckets(List<int[]> spans, List<Long> deltas) {
    List<SeriesText.Bucket> buckets = new ArrayList<>();
    int index = 0;
    int at = 0;
    long bucketCount = 0;
    for (int[] span : spans) {
      index += span[0];
      for (int i = 0; i < span[1]; i++) {
        bucketCount += deltas.get(at++);
        buckets.add(new SeriesText.Bucket(bound(index - 1), bound(index), bucketCount));
        index++;
      }
    }
    if (at != deltas.size()) {
      throw new AssertionError("spans of %d buckets, %d deltas".formatted(at, deltas.size()));
    }
    return buckets;
  }

  /** Upper bound of a bucket. */
  private double bound(int index) {
    if (schema == CUSTOM) {
      return index < 0
          ? Double.NEGATIVE_INFINITY
          : index < customValues.size() ? customValues.get(index) : Double.POSITIVE_INFINITY;
    }
    int whole = schema > 0 ? Math.floorDiv(index, 1 << schema) : index << -schema;
    double part = schema > 0 ? Math.floorMod(index, 1 << schema) / (double) (1 << schema) : 0;
    double bound = Math.scalb(Math.pow(2, part), whole);
    return Double.isInfinite(bound) ? Double.MAX_VALUE : bound;
  }
}
