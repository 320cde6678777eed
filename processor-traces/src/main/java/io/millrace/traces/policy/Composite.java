package io.millrace.traces.policy;

import java.util.Arrays;
import java.util.List;

/**
 * The first of several policies that samples a trace has to have spans left in its budget of the
 * second. Each budget is also held against the total, but not their sum: so does the Collector.
 *
 * <p>With a share of the budgets, a trace larger than the share may pass at the start of a second
 * if it fits the whole; it is paid off in the seconds that follow.
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
    boolean fits = after <= share * allotted[policy];
    if (fits || (share < 1 && taken[policy] == 0 && spans <= allotted[policy])) {
      taken[policy] = after;
      return true;
    }
    return false;
  }
}
