package io.millrace.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;

/**
 * One figure of both sides.
 *
 * @param name such as {@code gateway.traces.grpc.gzip}
 * @param unit of {@code ours} and {@code theirs}
 * @param ours median over the pairs
 * @param theirs median over the pairs; NaN if it could not be had
 * @param ratio median over the pairs of ours over theirs
 * @param spread largest less smallest ratio
 * @param lost items that were acknowledged, or are on Kafka, and did not arrive
 */
record Row(
    @JsonProperty("case") String name,
    String unit,
    double ours,
    double theirs,
    double ratio,
    double spread,
    long lost) {

  /** One run of each side. */
  record Pair(double ours, double theirs) {}

  static Row of(String name, String unit, List<Pair> pairs, long lost) {
    double[] ratios =
        pairs.stream().mapToDouble(pair -> pair.ours / pair.theirs).sorted().toArray();
    return new Row(
        name,
        unit,
        rounded(median(pairs.stream().mapToDouble(Pair::ours).toArray())),
        rounded(median(pairs.stream().mapToDouble(Pair::theirs).toArray())),
        rounded(median(ratios)),
        rounded(ratios[ratios.length - 1] - ratios[0]),
        lost);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double rounded(double value) {
    return Double.isNaN(value) ? value : Math.round(value * 1000) / 1000.0;
  }
}
