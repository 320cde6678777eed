package io.millrace.metrics.prometheus;

/** What is done to the labels of a series after they are made: relabelling. */
interface SeriesLabels {

  /** In the place of a series' number: it is not sent. */
  int DROPPED = Integer.MIN_VALUE;

  SeriesLabels UNCHANGED = (labels, from) -> true;

  /**
   * Writes other labels in the place of those that begin at {@code from} and end at the buffer's
   * size.
   *
   * @return whether the series is kept
   */
  boolean apply(WireBuffer labels, int from);
}
