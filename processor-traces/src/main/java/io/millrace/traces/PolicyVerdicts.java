package io.millrace.traces;

import static io.millrace.traces.policy.Decision.NO_POLICY;

import io.millrace.traces.policy.Decision;
import io.millrace.traces.policy.PolicySet;
import io.millrace.traces.policy.SamplingThreshold;
import io.millrace.traces.policy.TailSamplingConfig;
import java.util.concurrent.TimeUnit;

/** Decides episodes by the configured policies. One for each partition: budgets remember. */
final class PolicyVerdicts implements PartitionDecider.Verdicts {

  private final PolicySet policies;
  private final PolicyMeters meters;
  private final int[] ids;
  private long countedFrom;

  PolicyVerdicts(TailSamplingConfig config, SamplingMeters meters, SpanAnnotations annotations) {
    this.policies = PolicySet.compile(config);
    this.meters = meters.policies(config.policies());
    this.ids = annotations.register(config.policies(), policies);
  }

  PolicySet policies() {
    return policies;
  }

  /** Counts traces with a record at this offset or behind only: the others were counted before. */
  void countFrom(long offset) {
    countedFrom = offset;
  }

  @Override
  public int summaryWords() {
    return policies.summaryLongs();
  }

  @Override
  public long decide(Window window, int row, long logTime) {
    long[] words = window.words(row);
    int at = window.summary(row);
    Decision decision =
        policies.decide(
            window.idHigh(row),
            window.idLow(row),
            words,
            at,
            TimeUnit.MILLISECONDS.toNanos(logTime));
    if (window.lastOffset(row) >= countedFrom) {
      meters.decided(decision, PolicySet.spanCount(words, at));
    }
    return decision.sampled()
        ? PartitionDecider.decided(PartitionDecider.SAMPLED, note(decision))
        : PartitionDecider.NOT_SAMPLED;
  }

  private long note(Decision decision) {
    long threshold = policies.threshold();
    int byHash = threshold > SamplingThreshold.ALWAYS ? policies.thresholdPolicy() : NO_POLICY;
    return SpanAnnotations.note(id(decision.policy()), id(byHash), threshold);
  }

  private int id(int policy) {
    return policy == NO_POLICY ? SpanAnnotations.NO_ID : ids[policy];
  }
}
