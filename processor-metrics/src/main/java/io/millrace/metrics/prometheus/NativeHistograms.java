package io.millrace.metrics.prometheus;

/** Writes native histograms as the fields of remote write's Histogram message, both versions. */
final class NativeHistograms {

  static final int MIN_SCHEMA = -4;
  static final int MAX_SCHEMA = 8;

  /** Buckets with bounds of their own. */
  private static final int CUSTOM_SCHEMA = -53;

  /** What Prometheus's endpoint takes for it; OTLP's own threshold is not used there. */
  private static final double ZERO_THRESHOLD = 1e-128;

  private final NativeBuckets buckets = new NativeBuckets();

  /** What both kinds have: how many observations, their sum, when. */
  static final class Summary {
    long count;
    long sumBits;
    long zeroCount;
    long millis;

    void of(DataPoint point, long observations, long sum, long zeros) {
      count = point.isStale() ? DataPoint.STALE : observations;
      sumBits = point.isStale() ? DataPoint.STALE : sum;
      zeroCount = zeros;
      millis = point.millis();
    }
  }

  /** Dense buckets of one sign. */
  static final class Side {
    final Numbers counts = new Numbers();
    int offset;

    void clear() {
      counts.clear();
      offset = 0;
    }
  }

  /**
   * Writes an exponential histogram.
   *
   * @param scale -4 or more; above 8 neighbours are merged
   */
  void exponential(Summary summary, int scale, Side positive, Side negative, WireBuffer out) {
    int scaleDown = Math.max(0, scale - MAX_SCHEMA);
    begin(summary, scale - scaleDown, out);
    out.tag(5, 1);
    out.fixed64(Double.doubleToRawLongBits(ZERO_THRESHOLD));
    if (summary.zeroCount != 0) {
      out.tag(6, 0);
      out.varint(summary.zeroCount);
    }
    buckets.exponential(
        negative.counts.values(), negative.counts.size(), negative.offset, scaleDown);
    buckets.write(8, 9, out);
    buckets.exponential(
        positive.counts.values(), positive.counts.size(), positive.offset, scaleDown);
    buckets.write(11, 12, out);
    end(summary, out);
  }

  /** Writes an explicit histogram as one with custom buckets. */
  void custom(Summary summary, Numbers counts, Numbers bounds, WireBuffer out) {
    begin(summary, CUSTOM_SCHEMA, out);
    buckets.custom(counts.values(), counts.size());
    buckets.write(11, 12, out);
    end(summary, out);
    if (bounds.size() > 0) {
      out.varint(16 << 3 | 2);
      out.varint(8L * bounds.size());
      for (int i = 0; i < bounds.size(); i++) {
        out.fixed64(bounds.values()[i]);
      }
    }
  }

  private static void begin(Summary summary, int schema, WireBuffer out) {
    out.tag(1, 0);
    out.varint(summary.count);
    out.tag(3, 1);
    out.fixed64(summary.sumBits);
    out.tag(4, 0);
    out.zigzag(schema);
  }

  private static void end(Summary summary, WireBuffer out) {
    out.tag(15, 0);
    out.varint(summary.millis);
  }
}
