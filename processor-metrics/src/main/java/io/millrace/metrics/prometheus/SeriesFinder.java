package io.millrace.metrics.prometheus;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the series of a data point in the table, or puts them there. A point with the same bytes of
 * attributes under the same metric and resource as one before has the same series: then no label is
 * looked at again.
 */
final class SeriesFinder {

  private static final byte[] NOTHING = {};

  private final SeriesTable table;
  private final LabelWriter labels;
  private final SeriesLabels rewrite;
  private final AttributeList attributes = new AttributeList();

  private final RangeTable metrics = new RangeTable();
  private final RangeTable points = new RangeTable();
  private int[] firsts = new int[128];
  private int[] found = new int[256];
  private int foundSize;

  private Family family = new Family(0, "", "", 0);
  private FixedLabels fixed = new FixedLabels.Builder().build();
  private long metric;

  SeriesFinder(SeriesTable table, LabelWriter labels, SeriesLabels rewrite) {
    this.table = table;
    this.labels = labels;
    this.rewrite = rewrite;
  }

  /** Forgets the last batch. */
  void clear() {
    metrics.clear();
    points.clear();
    foundSize = 0;
  }

  /** What follows belongs to this family, and to a scope with that number and these labels. */
  void metric(Family of, int scope, FixedLabels scopeLabels) {
    family = of;
    fixed = scopeLabels;
    int number = metrics.number((long) scope << 32 | of.number, NOTHING, 0, 0);
    metric = number < 0 ? -1 - number : number;
  }

  Family family() {
    return family;
  }

  /** What a point's series are when it is not known yet. */
  interface Shape {

    /** How many series it has. */
    int series();

    /** Name of the label that tells them apart, or null. */
    byte @Nullable [] extraName();

    /** The Label message of the name of one of them. */
    byte[] name(Family family, int i);

    /** The Label message of the extra label of one of them, or null. */
    byte @Nullable [] extra(int i);

    boolean isHistogram();
  }

  /**
   * Where a point's series stand, see {@link #series}.
   *
   * @param variant a number that two points share only if they have the same series but for the
   *     attributes; negative if that is not known
   */
  int find(DataPoint point, Shape shape, long variant) throws MalformedOtlp {
    if (!point.attributesTogether() || variant < 0) {
      return add(point, shape);
    }
    int number =
        points.number(
            metric << 32 | variant, point.source, point.attributesFrom(), point.attributesTo());
    if (number >= 0) {
      return firsts[number];
    }
    int added = -1 - number;
    if (added >= firsts.length) {
      firsts = Arrays.copyOf(firsts, firsts.length * 2);
    }
    firsts[added] = add(point, shape);
    return firsts[added];
  }

  /**
   * A series of a point: its number in the table; or {@link SeriesLabels#DROPPED}; or, of all of
   * them, {@code -1 -} the number of the reason why the point has none.
   */
  int series(int place) {
    return found[place];
  }

  private int add(DataPoint point, Shape shape) throws MalformedOtlp {
    int from = point.attributesTogether() ? point.attributesFrom() : point.from;
    int to = point.attributesTogether() ? point.attributesTo() : point.to;
    attributes.read(point.source, from, to, point.attributesTag());
    Unconvertible reason = labels.take(attributes, fixed, shape.extraName());
    if (reason == null && !labels.allows(shape.extraName() == null ? 0 : 1)) {
      reason = Unconvertible.LABEL_LIMIT;
    }
    int place = foundSize;
    for (int i = 0; i < shape.series(); i++) {
      append(reason != null ? -1 - reason.number() : addSeries(shape, i));
    }
    return place;
  }

  private int addSeries(Shape shape, int i) {
    WireBuffer out = table.labels();
    int from = out.size();
    labels.writeSeries(shape.name(family, i), shape.extra(i), out);
    if (!rewrite.apply(out, from)) {
      out.truncate(from);
      return SeriesLabels.DROPPED;
    }
    return table.series(from, family.number, shape.isHistogram());
  }

  private void append(int series) {
    if (foundSize == found.length) {
      found = Arrays.copyOf(found, foundSize * 2);
    }
    found[foundSize++] = series;
  }
}
