package io.millrace.traces;

import static io.millrace.traces.policy.OtelTraceState.NONE;

import io.millrace.traces.policy.OtelTraceState;
import io.millrace.traces.policy.SamplingThreshold;

/**
 * What a sampled span's tracestate says of its sampling, by OpenTelemetry's specification of
 * probability sampling: a threshold is never lowered, always holds for the randomness beside it,
 * and is erased where it would not be true.
 */
final class ThresholdRule {

  private ThresholdRule() {}

  /**
   * The decision was by the randomness that every sampler of the trace uses, or certain.
   *
   * @param before the span's own
   * @param traceIdLo the randomness, if the span carries none
   * @param threshold that the trace has passed, or unknown
   */
  static OtelTraceState byTrace(OtelTraceState before, long traceIdLo, long threshold) {
    boolean isTrue = threshold != SamplingThreshold.UNKNOWN && isConsistent(before, traceIdLo);
    return state(
        before, isTrue ? Math.max(before.threshold(), threshold) : NONE, before.randomness());
  }

  /**
   * The decision was by a hash, which owes nothing to what samplers before it have used: the two
   * probabilities multiply. The randomness of both together is written down, as long as the span
   * carries none of its own, which must stay.
   *
   * @param hash 56 bits; at least the threshold
   */
  static OtelTraceState byHash(OtelTraceState before, long traceIdLo, long threshold, long hash) {
    if (before.randomness() == hash) {
      return byTrace(before, traceIdLo, threshold); // one of us has sampled it before
    }
    if (before.randomness() != NONE || !isConsistent(before, traceIdLo)) {
      return state(before, NONE, before.randomness());
    }
    long first = Math.max(before.threshold(), SamplingThreshold.ALWAYS);
    return state(
        before, SamplingThreshold.both(first, threshold), SamplingThreshold.both(first, hash));
  }

  private static boolean isConsistent(OtelTraceState before, long traceIdLo) {
    long randomness =
        before.randomness() == NONE ? SamplingThreshold.randomness(traceIdLo) : before.randomness();
    return before.threshold() <= randomness;
  }

  private static OtelTraceState state(OtelTraceState before, long threshold, long randomness) {
    return new OtelTraceState(threshold, randomness, before.otherKeys(), before.otherMembers());
  }
}
