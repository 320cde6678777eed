package io.millrace.traces.policy;

/**
 * The rejection threshold of OpenTelemetry's probability sampling: of 2^56 values of randomness, so
 * many are rejected. A trace with randomness R passes a threshold T if R is T or more.
 */
public final class SamplingThreshold {

  /** How many values of randomness there are. */
  public static final long RANGE = 1L << 56;

  /** Every trace is sampled. */
  public static final long ALWAYS = 0;

  /** No probability can be told of the traces that pass. */
  public static final long UNKNOWN = -1;

  static final int DIGITS = 14;

  /** Hexadecimal digits that count, behind the leading {@code f}s of small probabilities. */
  private static final int PRECISION = 4;

  /** No more than this, so that a threshold fits 32 bits. */
  private static final int MOST_DIGITS = 8;

  private static final long LARGEST = 0xffff_fffeL << 24;

  private SamplingThreshold() {}

  /**
   * @param probability more than 0, up to 1
   */
  static long of(double probability) {
    return floor(Math.min(RANGE - 1, Math.round((1 - probability) * RANGE)));
  }

  /** The next threshold at or below that a few digits can write. */
  static long floor(long threshold) {
    int leading = 0;
    while (leading < DIGITS && (threshold >>> (4 * (DIGITS - 1 - leading)) & 0xf) == 0xf) {
      leading++;
    }
    int digits = Math.min(MOST_DIGITS, PRECISION + leading);
    int dropped = 4 * (DIGITS - digits);
    return Math.min(LARGEST, threshold >>> dropped << dropped);
  }

  /** What the last 56 bits of a trace id say. */
  public static long randomness(long traceIdLo) {
    return traceIdLo & (RANGE - 1);
  }

  /** The threshold of one stage after another whose decisions do not depend on each other. */
  public static long both(long first, long second) {
    // (RANGE - first) * second / RANGE; the upper 64 bits of a product that has 8 more
    return first
        + (first == ALWAYS ? second : Math.multiplyHigh((RANGE - first) << 7, second << 1));
  }
}
