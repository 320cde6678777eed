package io.millrace.traces.policy;

import io.millrace.traces.policy.AdaptiveSampler.Adaptive;
import io.millrace.traces.policy.AdaptiveSampler.Goal;
import io.millrace.traces.policy.AdaptiveSampler.History;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The thresholds of an adaptive sampler, by fingerprint. Those of one interval of log time follow
 * from the spans decided on in the intervals before it and from nothing else, so that whoever reads
 * the same records comes to the same ones.
 *
 * <p>Every fingerprint has a claim on the goal that grows with the logarithm of its traffic; what
 * is less than its claim is sampled whole, and the rest is shared among the others.
 */
final class AdaptiveRates implements Budget {

  /** The fingerprint of those beyond the most that are told apart. */
  private static final long OTHERS = 0;

  private static final double NANOS = 1e9;

  private final Adaptive config;
  private final History history;
  private final long intervalNanos;
  private final long initial;
  private double share = 1;

  private final ArrayDeque<Interval> past = new ArrayDeque<>();
  private Interval current = new Interval(Long.MIN_VALUE, new HashMap<>());
  private Map<Long, Long> thresholds = Map.of();

  /** Spans by fingerprint. */
  private record Interval(long number, Map<Long, Double> spans) {}

  private record Claim(long key, double spans, double weight) {

    /** The goal per weight from which on it is sampled whole. */
    double satisfiedFrom() {
      return spans / weight;
    }
  }

  AdaptiveRates(Adaptive config) {
    this.config = config;
    this.history = config.history();
    this.intervalNanos = history.interval().toNanos();
    this.initial = SamplingThreshold.of(config.initialPercentage() / 100);
  }

  @Override
  public void share(double share) {
    this.share = share;
  }

  /** Counts a trace, and gives the threshold it must pass. */
  long threshold(long key, long spans, long logTimeNanos) {
    turnTo(Math.floorDiv(logTimeNanos, intervalNanos));
    Map<Long, Double> counts = current.spans();
    long counted = counts.containsKey(key) || counts.size() < config.maxKeys() ? key : OTHERS;
    counts.merge(counted, (double) Math.max(1, spans), Double::sum);
    Long found = thresholds.get(key);
    found = found == null ? thresholds.get(OTHERS) : found;
    return found == null ? initial : found;
  }

  private void turnTo(long number) {
    if (number <= current.number()) {
      return;
    }
    if (!current.spans().isEmpty()) {
      past.addLast(current);
    }
    current = new Interval(number, new HashMap<>());
    while (!past.isEmpty() && past.getFirst().number() < number - history.intervals()) {
      past.removeFirst();
    }
    thresholds = thresholds(averages(number));
  }

  /** Intervals without any trace say nothing of the mix, unless all count alike. */
  private Map<Long, Double> averages(long number) {
    Map<Long, Double> averages = new TreeMap<>(); // in one order, since rounding depends on it
    double weights = history.weight() == 0 ? history.intervals() : 0;
    for (Interval interval : past) {
      double weight =
          history.weight() == 0
              ? 1
              : Math.pow(1 - history.weight(), (double) (number - interval.number() - 1));
      weights += history.weight() == 0 ? 0 : weight;
      interval.spans().forEach((key, spans) -> averages.merge(key, spans * weight, Double::sum));
    }
    double sum = weights;
    averages.replaceAll((key, spans) -> spans / sum);
    return averages;
  }

  private Map<Long, Long> thresholds(Map<Long, Double> averages) {
    Map<Long, Long> result = new HashMap<>();
    double rate = goalPerWeight(averages);
    averages.forEach(
        (key, spans) -> {
          double probability = Math.min(1, rate * weight(spans) / spans);
          result.put(key, SamplingThreshold.of(probability));
        });
    return result;
  }

  /** What is left of the goal by then, for the weights left by then, until all are satisfied. */
  private double goalPerWeight(Map<Long, Double> averages) {
    List<Claim> claims = new ArrayList<>();
    averages.forEach((key, spans) -> claims.add(new Claim(key, spans, weight(spans))));
    claims.sort(Comparator.comparingDouble(Claim::satisfiedFrom).thenComparing(Claim::key));
    double left = goal(claims.stream().mapToDouble(Claim::spans).sum());
    double weights = claims.stream().mapToDouble(Claim::weight).sum();
    for (Claim claim : claims) {
      if (left < claim.satisfiedFrom() * weights) {
        return left / weights;
      }
      left -= claim.spans();
      weights -= claim.weight();
    }
    return Double.MAX_VALUE;
  }

  /** Spans an interval. A percentage is the same for every share of the traffic. */
  private double goal(double allSpans) {
    return config.goal() == Goal.PERCENTAGE
        ? allSpans * config.amount() / 100
        : config.amount() * share * intervalNanos / NANOS;
  }

  private static double weight(double spans) {
    return Math.log1p(spans);
  }
}
