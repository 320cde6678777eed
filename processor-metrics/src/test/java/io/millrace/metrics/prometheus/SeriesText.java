package io.millrace.metrics.prometheus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Series as text, to be compared line by line: labels, then samples by time as {@code T+<ms>},
 * native histograms with their buckets, then exemplars.
 */
final class SeriesText {

  private final long baseMillis;
  private final TreeMap<String, List<String>> series = new TreeMap<>();

  SeriesText(long baseMillis) {
    this.baseMillis = baseMillis;
  }

  void sample(Map<String, String> labels, long millis, double value) {
    line(labels, at(millis) + " " + value);
  }

  /** One bucket of a native histogram. */
  record Bucket(double lower, double upper, double count) {}

  void histogram(
      Map<String, String> labels, long millis, double count, double sum, List<Bucket> buckets) {
    String text =
        buckets.stream()
            .filter(bucket -> bucket.count != 0)
            .map(
                bucket -> rounded(bucket.lower) + ".." + rounded(bucket.upper) + ":" + bucket.count)
            .collect(Collectors.joining(" "));
    line(labels, "%s count %s sum %s %s".formatted(at(millis), count, sum, text).strip());
  }

  void exemplar(
      Map<String, String> labels, long millis, double value, Map<String, String> exemplarLabels) {
    line(labels, "exemplar %s %s %s".formatted(at(millis), value, labels(exemplarLabels)));
  }

  private void line(Map<String, String> labels, String line) {
    series.computeIfAbsent(labels(labels), key -> new ArrayList<>()).add(line);
  }

  private String at(long millis) {
    return "T%+d".formatted(millis - baseMillis);
  }

  /** Bounds of buckets are computed in different ways: the last digits may differ. */
  private static String rounded(double bound) {
    return Double.isInfinite(bound) ? "" + bound : String.format(Locale.ROOT, "%.11e", bound);
  }

  private static String labels(Map<String, String> labels) {
    return new TreeMap<>(labels)
        .entrySet().stream()
            .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + "\"")
            .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    series.forEach(
        (labels, lines) -> {
          text.append(labels).append('\n');
          lines.forEach(line -> text.append("  ").append(line).append('\n'));
        });
    return text.toString();
  }
}
