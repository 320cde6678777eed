package io.millrace.metrics.delta;

/** One register for each type of data point. */
final class Sums {

  final NumberSum numbers = new NumberSum();
  private final HistogramSum histograms = new HistogramSum();
  private final ExponentialSum exponentials = new ExponentialSum();

  PointSum of(MetricType type) {
    return switch (type) {
      case SUM -> numbers;
      case HISTOGRAM -> histograms;
      case EXPONENTIAL_HISTOGRAM -> exponentials;
    };
  }
}
