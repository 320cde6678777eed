package io.millrace.metrics.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random measurements are made into deltas of random intervals, scales and zero thresholds, some of
 * which come twice or too late. The oracle knows only the measurements: each sum must be what they
 * make up, put together anew from the first.
 */
class SumsPropertyTest {

  private static final int SERIES = 5;
  private static final int STEPS = 200;
  private static final int FINEST_SCALE = 8;

  @TempDir private Path folder;

  /** What was measured of one series so far, and until when. */
  private static final class Measured {
    private final List<Double> values = new ArrayList<>();
    private final double start;
    private double end;
    private int scale = 20;
    private double threshold;

    Measured(double start) {
      this.start = start;
      this.end = start;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldSumWhatWasMeasured(long seed) {
    Random random = new Random(seed);
    Map<String, Measured> counters = new HashMap<>();
    Map<String, Measured> histograms = new HashMap<>();
    Map<String, Measured> exponentials = new HashMap<>();
    try (SummingDriver driver = new SummingDriver(folder, DeltaConfig.DEFAULT)) {
      for (int step = 0; step < STEPS; step++) {
        String name = "m" + random.nextInt(SERIES);
        Metric sent =
            switch (random.nextInt(3)) {
              case 0 -> counter(name, next(counters, name, random, 1), random);
              case 1 -> histogram(name, next(histograms, name, random, 5), random);
              default -> exponential(name, next(exponentials, name, random, 5), random);
            };
        driver.send(Deltas.request(sent));
        List<Metric> sums = driver.take();
        assertThat(sums).hasSize(1);
        assertSum(sums.get(0), counters, histograms, exponentials);
        if (random.nextInt(5) == 0) {
          driver.send(Deltas.request(sent));
          assertThat(driver.take()).as("a delta that comes twice").isEmpty();
        }
      }
    }
  }

  private static Measured next(
      Map<String, Measured> all, String name, Random random, int mostValues) {
    Measured measured = all.computeIfAbsent(name, key -> new Measured(1000 + random.nextInt(1000)));
    measured.end += 1 + random.nextInt(60);
    measured.values.addAll(
        random.doubles(1 + random.nextInt(mostValues)).mapToObj(u -> value(random)).toList());
    return measured;
  }

  /** In the middle of a bucket of the finest scale, and so at the edge of none. */
  private static double value(Random random) {
    int index = random.nextInt(16 << FINEST_SCALE) - (8 << FINEST_SCALE);
    double value = Math.pow(2, (index + 0.5) / (1 << FINEST_SCALE));
    return random.nextInt(4) == 0 ? -value : value;
  }

  private final Map<Measured, Integer> told = new HashMap<>();
  private final Map<Measured, Double> toldUntil = new HashMap<>();

  /** The measurements since the last delta. */
  private List<Double> untold(Measured measured) {
    int from = told.getOrDefault(measured, 0);
    told.put(measured, measured.values.size());
    return measured.values.subList(from, measured.values.size());
  }

  private double begin(Measured measured) {
    Double before = toldUntil.put(measured, measured.end);
    return before == null ? measured.start : before;
  }

  private Metric counter(String name, Measured measured, Random random) {
    double begin = begin(measured);
    long value = untold(measured).stream().mapToLong(Math::round).sum();
    return Deltas.upDownCounter(name, Deltas.whole(begin, measured.end, value));
  }

  private Metric histogram(String name, Measured measured, Random random) {
    double begin = begin(measured);
    return Deltas.histogram(name, buckets(begin, measured.end, untold(measured)));
  }

  private static HistogramDataPoint.Builder buckets(double start, double end, List<Double> values) {
    long[] counts = new long[3];
    for (double value : values) {
      counts[value <= 1 ? 0 : value <= 10 ? 1 : 2]++;
    }
    return Deltas.buckets(start, end, counts)
        .setMin(values.stream().mapToDouble(v -> v).min().orElseThrow())
        .setMax(values.stream().mapToDouble(v -> v).max().orElseThrow());
  }

  private Metric exponential(String name, Measured measured, Random random) {
    double begin = begin(measured);
    int scale = random.nextInt(FINEST_SCALE + 1);
    double threshold = random.nextInt(4) == 0 ? Math.pow(2, -2 - random.nextInt(8)) : 0;
    measured.scale = Math.min(measured.scale, scale);
    measured.threshold = Math.max(measured.threshold, threshold);
    return Deltas.exponential(
        name, exponential(begin, measured.end, scale, threshold, untold(measured)));
  }

  private static ExponentialHistogramDataPoint.Builder exponential(
      double start, double end, int scale, double threshold, List<Double> values) {
    ExponentialHistogramDataPoint.Builder point =
        ExponentialHistogramDataPoint.newBuilder()
            .setStartTimeUnixNano(Deltas.seconds(start))
            .setTimeUnixNano(Deltas.seconds(end))
            .setScale(scale)
            .setZeroThreshold(threshold)
            .setCount(values.size())
            .setZeroCount(values.stream().filter(v -> Math.abs(v) <= threshold).count());
    fill(point.getPositiveBuilder(), counts(values, scale, threshold, 1));
    fill(point.getNegativeBuilder(), counts(values, scale, threshold, -1));
    return point;
  }

  /** How many values of a sign are in each bucket: the index is the logarithm, rounded down. */
  private static TreeMap<Integer, Long> counts(
      List<Double> values, int scale, double threshold, int sign) {
    TreeMap<Integer, Long> counts = new TreeMap<>();
    for (double value : values) {
      if (value * sign > threshold) {
        double index = Math.log(value * sign) / Math.log(2) * Math.pow(2, scale);
        counts.merge((int) Math.floor(index), 1L, Long::sum);
      }
    }
    return counts;
  }

  private static void fill(
      ExponentialHistogramDataPoint.Buckets.Builder buckets, TreeMap<Integer, Long> counts) {
    if (!counts.isEmpty()) {
      long[] dense = new long[counts.lastKey() - counts.firstKey() + 1];
      counts.forEach((index, count) -> dense[index - counts.firstKey()] = count);
      buckets.setOffset(counts.firstKey());
      Arrays.stream(dense).forEach(buckets::addBucketCounts);
    }
  }

  private static void assertSum(
      Metric sum,
      Map<String, Measured> counters,
      Map<String, Measured> histograms,
      Map<String, Measured> exponentials) {
    if (sum.hasSum()) {
      Measured measured = counters.get(sum.getName());
      NumberDataPoint point = sum.getSum().getDataPoints(0);
      long expected = measured.values.stream().mapToLong(Math::round).sum();
      assertThat(point).isEqualTo(Deltas.whole(measured.start, measured.end, expected).build());
    } else if (sum.hasHistogram()) {
      Measured measured = histograms.get(sum.getName());
      assertThat(sum.getHistogram().getDataPoints(0))
          .isEqualTo(buckets(measured.start, measured.end, measured.values).build());
    } else {
      assertExponential(
          sum.getExponentialHistogram().getDataPoints(0), exponentials.get(sum.getName()));
    }
  }

  private static void assertExponential(ExponentialHistogramDataPoint sum, Measured measured) {
    assertThat(sum.getScale()).isLessThanOrEqualTo(measured.scale);
    if (sum.getScale() < measured.scale) {
      assertThat(needed(measured, sum.getScale() + 1)).isGreaterThan(ExponentialValue.MAX_BUCKETS);
    }
    assertThat(sum.getPositive().getBucketCountsCount())
        .isLessThanOrEqualTo(ExponentialValue.MAX_BUCKETS);
    assertThat(sum.getZeroThreshold()).isEqualTo(measured.threshold);
    assertThat(trimmed(sum))
        .isEqualTo(
            exponential(
                    measured.start,
                    measured.end,
                    sum.getScale(),
                    measured.threshold,
                    measured.values)
                .build());
  }

  /** How many buckets all that was ever measured of a sign would need. */
  private static int needed(Measured measured, int scale) {
    int most = 0;
    for (int sign : new int[] {1, -1}) {
      TreeMap<Integer, Long> counts = counts(measured.values, scale, 0, sign);
      most = counts.isEmpty() ? most : Math.max(most, counts.lastKey() - counts.firstKey() + 1);
    }
    return most;
  }

  /** Empty buckets at the ends say nothing. */
  private static ExponentialHistogramDataPoint trimmed(ExponentialHistogramDataPoint sum) {
    ExponentialHistogramDataPoint.Builder trimmed = sum.toBuilder();
    trimmed.clearPositive().clearNegative();
    fill(trimmed.getPositiveBuilder(), counts(sum.getPositive()));
    fill(trimmed.getNegativeBuilder(), counts(sum.getNegative()));
    return trimmed.build();
  }

  private static TreeMap<Integer, Long> counts(ExponentialHistogramDataPoint.Buckets buckets) {
    TreeMap<Integer, Long> counts = new TreeMap<>();
    for (int i = 0; i < buckets.getBucketCountsCount(); i++) {
      if (buckets.getBucketCounts(i) > 0) {
        counts.put(buckets.getOffset() + i, buckets.getBucketCounts(i));
      }
    }
    return counts;
  }
}
