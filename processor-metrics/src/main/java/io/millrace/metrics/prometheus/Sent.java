package io.millrace.metrics.prometheus;

import java.util.EnumMap;
import java.util.Map;

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
 * @param targetInfo last times of target_info in it, see {@link TargetTimes}
 * @param severalTimes whether a series has more than one sample in it
 */
record Sent(
    boolean version2,
    int items,
    int samples,
    int histograms,
    int exemplars,
    Map<Unconvertible, Long> unconvertible,
    long droppedSamples,
    Map<Long, Long> targetInfo,
    boolean severalTimes) {

  static Sent of(Conversion conversion, boolean version2, int items) {
    SeriesTable table = conversion.table();
    int histograms = table.histogramCount();
    return new Sent(
        version2,
        items,
        table.sampleCount() - histograms,
        histograms,
        table.exemplarCount(),
        unconvertible(conversion),
        conversion.droppedSamples(),
        conversion.targetInfoWritten(),
        table.sampleCount() > table.size());
  }

  private static Map<Unconvertible, Long> unconvertible(Conversion conversion) {
    Map<Unconvertible, Long> points = new EnumMap<>(Unconvertible.class);
    for (Unconvertible reason : Unconvertible.values()) {
      if (conversion.unconvertible(reason) > 0) {
        points.put(reason, conversion.unconvertible(reason));
      }
    }
    return points;
  }

  long unconvertiblePoints() {
    return unconvertible.values().stream().mapToLong(Long::longValue).sum();
  }
}
