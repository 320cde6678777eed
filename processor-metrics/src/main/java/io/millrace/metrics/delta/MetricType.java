package io.millrace.metrics.delta;

import org.jspecify.annotations.Nullable;

/** The types of metric that have a temporality. */
enum MetricType {
  SUM(7),
  HISTOGRAM(9),
  EXPONENTIAL_HISTOGRAM(10);

  private final int field;

  MetricType(int field) {
    this.field = field;
  }

  /** Of its data in Metric. */
  int field() {
    return field;
  }

  static @Nullable MetricType of(int field) {
    return switch (field) {
      case 7 -> SUM;
      case 9 -> HISTOGRAM;
      case 10 -> EXPONENTIAL_HISTOGRAM;
      default -> null;
    };
  }
}
