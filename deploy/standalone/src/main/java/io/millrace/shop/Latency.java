package io.millrace.shop;

import java.util.random.RandomGenerator;

/** Draws how long something takes, in microseconds. */
final class Latency {

  /** Of the logarithm; gives a 99th percentile of about two and a half times the median. */
  private static final double SPREAD = 0.4;

  private final RandomGenerator random;

  Latency(RandomGenerator random) {
    this.random = random;
  }

  /** Log-normal about that median, as service times tend to be. */
  long micros(long median) {
    return Math.max(1, Math.round(median * Math.exp(SPREAD * random.nextGaussian())));
  }

  /** What is slow is slow evenly. */
  long seconds(double least, double most) {
    return Math.round(random.nextDouble(least, most) * 1_000_000);
  }
}
