package io.millrace.traces.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How probable it is that a policy samples a trace that it may sample.
 *
 * @param threshold of the policy, {@link SamplingThreshold#UNKNOWN} if it depends on other traces
 * @param hash what the threshold is held against; null for one that samples with certainty
 */
record Chance(long threshold, @Nullable Probability hash) {

  static final Chance CERTAIN = new Chance(SamplingThreshold.ALWAYS, null);
  static final Chance UNKNOWN = new Chance(SamplingThreshold.UNKNOWN, null);

  static Chance of(Rule rule) {
    if (rule instanceof Rule.Probabilistic probabilistic) {
      Probability hash = new Probability(probabilistic);
      return new Chance(hash.samplingThreshold(), hash);
    }
    if (rule instanceof Rule.And and) {
      return ofAll(and.policies());
    }
    if (rule instanceof Rule.Drop drop) {
      return ofAll(drop.policies());
    }
    if (rule instanceof Rule.Not not) {
      return of(not.policy().rule()).isCertain() ? CERTAIN : UNKNOWN;
    }
    boolean hasBudget =
        rule instanceof Rule.RateLimiting
            || rule instanceof Rule.BytesLimiting
            || rule instanceof Rule.Composite;
    return hasBudget ? UNKNOWN : CERTAIN;
  }

  /** One hash may decide among policies that are certain; of two nobody can tell. */
  private static Chance ofAll(List<Policy> policies) {
    Chance result = CERTAIN;
    for (Policy policy : policies) {
      Chance chance = of(policy.rule());
      if (!chance.isCertain()) {
        result = result.isCertain() ? chance : UNKNOWN;
      }
    }
    return result;
  }

  boolean isCertain() {
    return threshold == SamplingThreshold.ALWAYS;
  }

  boolean isKnown() {
    return threshold != SamplingThreshold.UNKNOWN;
  }
}
