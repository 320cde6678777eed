package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes {@code target_info}: a series for each resource whose labels are its attributes, to be
 * joined by job and instance.
 */
final class TargetInfo {

  private static final long ONE = Double.doubleToRawLongBits(1);

  /**
   * Half of what Prometheus looks back, so that a query finds it at any time between two points.
   */
  private static final long INTERVAL_NANOS = 150_000_000_000L;

  /** So that one wrong time does not make a sample for every interval since 1970. */
  private static final long MAX_SPAN_NANOS = 24 * INTERVAL_NANOS;

  private static final int UNKNOWN = Integer.MIN_VALUE;
  private static final int NONE = -1;

  private final ResourceLabels resourceLabels;
  private final LabelWriter labels;
  private final SeriesLabels rewrite;
  private final SeriesTable table;
  private final Families families;
  private final TargetTimes times;
  private final Map<Long, Long> written = new HashMap<>();
  private int[] seriesOfResources = new int[16];
  private int known;
  private long tenantHash;

  TargetInfo(
      ResourceLabels resourceLabels,
      LabelWriter labels,
      SeriesLabels rewrite,
      SeriesTable table,
      Families families,
      TargetTimes times) {
    this.resourceLabels = resourceLabels;
    this.labels = labels;
    this.rewrite = rewrite;
    this.table = table;
    this.families = families;
    this.times = times;
  }

  /** Forgets the last batch; the next one is of that tenant. */
  void start(String tenant) {
    known = 0;
    written.clear();
    tenantHash = RangeTable.hash(0, tenant.getBytes(UTF_8));
  }

  /** The last times that the batch has, by series, to be told to {@link TargetTimes}. */
  Map<Long, Long> written() {
    return written.isEmpty() ? Map.of() : Map.copyOf(written);
  }

  /**
   * Writes samples of a resource over the time in which it was observed.
   *
   * @param resource its number in the batch
   */
  void write(int resource, byte[] source, int from, int to, long earliestNanos, long latestNanos)
      throws MalformedOtlp {
    int series = series(resource, source, from, to);
    if (series == NONE) {
      return;
    }
    long id = table.hash(series) ^ tenantHash;
    long nanos = Math.max(earliestNanos, latestNanos - MAX_SPAN_NANOS);
    for (; nanos < latestNanos; nanos += INTERVAL_NANOS) {
      sample(id, series, DataPoint.millis(nanos));
    }
    sample(id, series, DataPoint.millis(latestNanos));
  }

  private void sample(long id, int series, long millis) {
    if (millis > times.latest(id)) {
      table.sample(series, millis, 0, ONE);
      written.merge(id, millis, Math::max);
    }
  }

  private int series(int resource, byte[] source, int from, int to) throws MalformedOtlp {
    if (resource >= seriesOfResources.length) {
      seriesOfResources = Arrays.copyOf(seriesOfResources, resource * 2);
    }
    while (known <= resource) {
      seriesOfResources[known++] = UNKNOWN;
    }
    if (seriesOfResources[resource] == UNKNOWN) {
      seriesOfResources[resource] = add(source, from, to);
    }
    return seriesOfResources[resource];
  }

  private int add(byte[] source, int from, int to) throws MalformedOtlp {
    FixedLabels fixed = resourceLabels.targetInfo(source, from, to);
    AttributeList attributes = resourceLabels.targetInfoAttributes(source, from, to);
    if (attributes.size() == 0
        || labels.take(attributes, fixed, null) != null
        || !labels.allows(0)) {
      return NONE;
    }
    Family family = families.targetInfo();
    WireBuffer out = table.labels();
    int start = out.size();
    labels.writeSeries(family.plain, null, out);
    if (!rewrite.apply(out, start)) {
      out.truncate(start);
      return NONE;
    }
    return table.series(start, family.number, false);
  }
}
