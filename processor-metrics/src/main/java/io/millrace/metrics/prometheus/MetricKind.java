package io.millrace.metrics.prometheus;

/** What an OTLP metric is, as far as its name and metadata depend on it. */
enum MetricKind {
  GAUGE(2),
  /** A monotonic sum. */
  COUNTER(1),
  /** A sum that may fall. */
  UP_DOWN_COUNTER(2),
  HISTOGRAM(3),
  EXPONENTIAL_HISTOGRAM(3),
  SUMMARY(5);

  private final int metadataType;

  MetricKind(int metadataType) {
    this.metadataType = metadataType;
  }

  /** The number of the type in remote write's metadata, the same in 1.0 and 2.0. */
  int metadataType() {
    return metadataType;
  }
}
