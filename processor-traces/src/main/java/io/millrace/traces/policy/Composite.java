package io.millrace.traces.policy;

import java.util.Arrays;
import java.util.List;

/**
 * The first of several policies that samples a trace has to have spans left in its budget of the
 * second. Each budget is also held against the total, but not their sum: so does the Collector.
 *
 * <p>With a share of the budgets, the last trace of a second may go beyond the share, if it fits
 * the whole; the seconds that follow have so much less. What is lost at each end of a second would
 * otherwise add up with the number of owners.
 */
final class Composite implements Verdict, Budget {

  private static final long SECOND = 1_000_000_000L;

  private final List<Verdict> verdicts;
  private final long[] allotted;
  private final double[] taken;
  private double share = 1;
  private long second;

  Composite(List<Verdict> verdicts, Rule.Composite rule) {
    this.verdicts = verdicts;
    this.allotted =
        rule.policies().stream()
            .mapToLong(policy -> Math.min(policy.spansPerSecond(), rule.maxTotalSpansPerSecond()))
            .toArray();
    this.taken = new double[allotted.length];
  }

  @Override
  public void share(double share) {
    this.share = share;
  }

  @Override
  public Vote on(Trace trace) {
    turnTo(Math.floorDiv(trace.logTimeNanos(), SECOND));
    for (int i = 0; i < allotted.length; i++) {
      Vote vote = verdicts.get(i).on(trace);
      if (vote == Vote.FAILED) {
        return vote;
      }
      if (vote == Vote.SAMPLED) {
        return Vote.of(take(i, trace.spans()));
      }
    }
    return Vote.NOT_SAMPLED;
  }

  /** A new second; without a share nothing can be owed, and all budgets are whole again. */
  private void turnTo(long now) {
    if (now == second) {
      return;
    }
    if (share == 1) {
      Arrays.fill(taken, 0);
    } else {
      double seconds = Math.max(1, now - second);
      for (int i = 0; i < taken.length; i++) {
        taken[i] = Math.max(0, taken[i] - seconds * share * allotted[i]);
      }
    }
    second = now;
  }

  private boolean take(int policy, long spans) {
    double after = taken[policy] + spans;
    boolean fits =
        share == 1
            ? after <= allotted[policy]
            : taken[policy] < share * allotted[policy] && spans <= allotted[policy];
    if (fits) {
      taken[policy] = after;
    }
    return fits;
  }
}
