package io.millrace.traces.policy;

/**
 * The token bucket of Go's {@code x/time/rate}, on log time: it starts full and fills at a steady
 * rate.
 *
 * <p>A bucket with a share has a part of rate and capacity. What is larger than that part of the
 * capacity, yet fits the whole, may still pass when the bucket is full; the bucket then owes
 * tokens. Without that, a limit kept by many would let no large trace pass at all.
 */
final class TokenBucket implements Budget {

  private static final double NANOS = 1e9;
  private static final long SECOND = 1_000_000_000L;

  private final double wholeRate;
  private final double wholeCapacity;
  private double rate;
  private double capacity;
  private double tokens;
  private long lastNanos;
  private boolean started;

  /**
   * @param perSecond tokens
   * @param capacity 0 for twice the rate
   */
  TokenBucket(long perSecond, long capacity) {
    this.wholeRate = perSecond;
    this.wholeCapacity = capacity > 0 ? capacity : 2.0 * perSecond;
    this.rate = wholeRate;
    this.capacity = wholeCapacity;
    this.tokens = wholeCapacity;
  }

  @Override
  public void share(double share) {
    rate = wholeRate * share;
    capacity = wholeCapacity * share;
    tokens = Math.min(tokens, capacity);
  }

  /** Takes the tokens, all or none. A time before the last one counts as that. */
  boolean take(long count, long nanos) {
    long elapsed = started ? Math.max(0, nanos - lastNanos) : 0;
    double filled = Math.min(capacity, tokens + seconds(elapsed) * rate);
    double left = filled - count;
    boolean enough = left >= 0 || owedNanos(-left) < 1 || filled >= capacity;
    if (count > wholeCapacity || !enough) {
      return false;
    }
    tokens = left;
    lastNanos = nanos;
    started = true;
    return true;
  }

  private static double seconds(long nanos) {
    long whole = nanos / SECOND;
    long rest = nanos % SECOND;
    return whole + rest / NANOS;
  }

  /** Less than a nanosecond's worth is given for nothing, as rounding does in Go. */
  private double owedNanos(double owed) {
    return rate > 0 ? owed / rate * NANOS : Double.MAX_VALUE;
  }
}
