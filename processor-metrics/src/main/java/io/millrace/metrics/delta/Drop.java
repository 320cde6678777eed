package io.millrace.metrics.delta;

import java.util.Locale;

/** Why a delta point was not summed: the closed set of a metric label. */
enum Drop {
  /** A request or point that cannot be read. */
  MALFORMED,
  /**
   * A point that says nothing that can be summed: no value, no time, not a number, a start behind
   * its end, less than nothing of a counter, buckets that do not fit their bounds.
   */
  INVALID,
  /** Not of delta temporality, though on the topic of delta points. */
  NOT_DELTA,
  /** With the time of the series' last point. */
  DUPLICATE,
  /** Older than the series' last point. */
  OUT_OF_ORDER,
  /** Begun before the series was. */
  OLDER_START,
  /** The end of a series that is not known. */
  UNKNOWN_SERIES,
  /** Of a series more than a tenant may have on a partition. */
  SERIES_LIMIT,
  /** Alone too large for a record. */
  TOO_LARGE;

  /** As it stands in metric labels. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
