package io.millrace.metrics.prometheus;

/**
 * What a request was made of, for the counters once it is settled.
 *
 * @param version2 whether it was remote write 2.0
 * @param items data points of the batch
 * @param samples samples with a number
 * @param histograms native histograms
 * @param exemplars of all series
 * @param unconvertible data points that are not in it, by reason
 * @param droppedSamples samples that relabelling dropped
 * @param severalTimes whether a series has more than one sample in it
 */
record Sent(
    boolean version2,
    int items,
    int samples,
    int histograms,
    int exemplars,
    long[] unconvertible,
    long droppedSamples,
    boolean severalTimes) {

  static Sent of(Conversion conversion, boolean version2, int items) {
    SeriesTable table = conversion.table();
    long[] unconvertible = new long[Unconvertible.values().length];
    for (Unconvertible reason : Unconvertible.values()) {
      unconvertible[reason.number()] = conversion.unconvertible(reason);
    }
    int histograms = table.histogramCount();
    return new Sent(
        version2,
        items,
        table.sampleCount() - histograms,
        histograms,
        table.exemplarCount(),
        unconvertible,
        conversion.droppedSamples(),
        table.sampleCount() > table.size());
  }

  long unconvertiblePoints() {
    long points = 0;
    for (long some : unconvertible) {
      points += some;
    }
    return points;
  }
}
