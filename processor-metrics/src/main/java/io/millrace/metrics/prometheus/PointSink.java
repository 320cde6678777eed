package io.millrace.metrics.prometheus;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;

/**
 * Where the samples of a data point go: to its series in the table. Counts points that have none,
 * and knows the times between which a resource was observed.
 */
final class PointSink {

  final SeriesTable table;
  final SeriesFinder finder;
  private final Exemplars exemplars = new Exemplars();
  private final long[] unconvertible = new long[Unconvertible.values().length];
  private long droppedSamples;
  private long earliestNanos;
  private long latestNanos;

  private DataPoint point = new DataPoint(1, 1, 1);
  private boolean exemplarsRead;

  PointSink(SeriesTable table, SeriesFinder finder) {
    this.table = table;
    this.finder = finder;
  }

  void clear() {
    table.clear();
    finder.clear();
    Arrays.fill(unconvertible, 0);
    droppedSamples = 0;
  }

  /** A resource begins. */
  void startResource() {
    earliestNanos = Long.MAX_VALUE;
    latestNanos = Long.MIN_VALUE;
  }

  /** A point was there; one without a time says nothing. */
  void observed(long timeNanos) {
    if (timeNanos != 0) {
      earliestNanos = Math.min(earliestNanos, timeNanos);
      latestNanos = Math.max(latestNanos, timeNanos);
    }
  }

  boolean hasObserved() {
    return latestNanos >= earliestNanos;
  }

  long earliestNanos() {
    return earliestNanos;
  }

  long latestNanos() {
    return latestNanos;
  }

  /**
   * Begins a data point.
   *
   * @return where its series stand, or a negative number if it has none; then it was counted
   */
  int begin(DataPoint next, SeriesFinder.Shape shape, long variant) throws MalformedOtlp {
    point = next;
    exemplarsRead = false;
    observed(next.timeNanos());
    int place = finder.find(next, shape, variant);
    int series = finder.series(place);
    if (series < 0 && series != SeriesLabels.DROPPED) {
      refuse(Unconvertible.of(-1 - series), 1);
      return -1;
    }
    return place;
  }

  /** Gives a series of the point a value, as the bits of a double. */
  void sample(int place, long bits) {
    int series = finder.series(place);
    if (series == SeriesLabels.DROPPED) {
      droppedSamples++;
    } else {
      table.sample(
          series, point.millis(), point.startMillis(), point.isStale() ? DataPoint.STALE : bits);
    }
  }

  /** Gives a series of the point a native histogram. */
  void histogram(int place, int from) {
    int series = finder.series(place);
    if (series == SeriesLabels.DROPPED) {
      droppedSamples++;
      table.histograms.truncate(from);
    } else {
      table.sample(
          series,
          point.millis(),
          point.startMillis(),
          SeriesTable.range(from, table.histograms.size()));
    }
  }

  /** Gives a series of the point its next exemplars up to a bound. */
  void exemplars(int place, double bound) throws MalformedOtlp {
    if (!point.hasExemplars()) {
      return;
    }
    if (!exemplarsRead) {
      exemplarsRead = true;
      exemplars.read(point, table);
    }
    exemplars.give(table, finder.series(place), bound);
  }

  void refuse(Unconvertible reason, long points) {
    unconvertible[reason.number()] += points;
  }

  /** Data points of the batch that have no place in Prometheus, for that reason. */
  long unconvertible(Unconvertible reason) {
    return unconvertible[reason.number()];
  }

  /** Samples of the batch that relabelling dropped. */
  long droppedSamples() {
    return droppedSamples;
  }
}
