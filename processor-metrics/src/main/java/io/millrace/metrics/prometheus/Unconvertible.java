package io.millrace.metrics.prometheus;

import java.util.Locale;

/** Why a data point has no place in Prometheus. A closed set: the label of the metric. */
enum Unconvertible {
  /** Delta: it must be made cumulative first. */
  DELTA_TEMPORALITY(0),
  /** A sum or histogram that does not say its temporality. */
  UNSPECIFIED_TEMPORALITY(1),
  /** No metric name is left after translation. */
  METRIC_NAME(2),
  /** No label name can be made of an attribute's key. */
  LABEL_NAME(3),
  /** A name or value is not UTF-8: backends skip such a series without a word. */
  INVALID_UTF8(4),
  /** More labels, or longer ones, than the configuration allows. */
  LABEL_LIMIT(5),
  /** An exponential histogram coarser than the coarsest native one, scale -4. */
  HISTOGRAM_SCALE(6),
  /** Buckets that cannot be those of a histogram: too many, or out of range. */
  HISTOGRAM_BUCKETS(7);

  private static final Unconvertible[] ALL = values();

  private final int number;

  Unconvertible(int number) {
    this.number = number;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** From 0 on. */
  int number() {
    return number;
  }

  static Unconvertible of(int number) {
    return ALL[number];
  }
}
