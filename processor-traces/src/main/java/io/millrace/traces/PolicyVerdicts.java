package io.millrace.traces;

import io.millrace.traces.policy.Decision;
import io.millrace.traces.policy.PolicySet;
import java.util.concurrent.TimeUnit;

/** Decides episodes by the configured policies. One for each partition: budgets remember. */
final class PolicyVerdicts implements PartitionDecider.Verdicts {

  private final PolicySet policies;
  private final SamplingMeters meters;

  PolicyVerdicts(PolicySet policies, SamplingMeters meters) {
    this.policies = policies;
    this.meters = meters;
  }

  PolicySet policies() {
    return policies;
  }

  @Override
  public int summaryWords() {
    return policies.summaryLongs();
  }

  @Override
  public int decide(Window window, int row, long logTime) {
    long[] words = window.words(row);
    int at = window.summary(row);
    Decision decision =
        policies.decide(
            window.idHigh(row),
            window.idLow(row),
            words,
            at,
            TimeUnit.MILLISECONDS.toNanos(logTime));
    meters.decided(decision, PolicySet.spanCount(words, at));
    return decision.sampled() ? PartitionDecider.SAMPLED : PartitionDecider.NOT_SAMPLED;
  }
}
