package io.millrace.traces.policy;

/**
 * What becomes of a trace.
 *
 * @param outcome why
 * @param policy index in the configuration of the policy that decided; {@link #NO_POLICY} if none
 *     did
 */
public record Decision(Outcome outcome, int policy) {

  public static final int NO_POLICY = -1;

  /** Why a trace is sampled or not. */
  public enum Outcome {
    /** A policy sampled it, or there is no policy at all. */
    SAMPLED,
    /** No policy sampled it. */
    NOT_SAMPLED,
    /** A drop policy holds for it. */
    DROPPED,
    /** It is larger than {@code maximum_trace_size_bytes}. */
    TOO_LARGE
  }

  public boolean sampled() {
    return outcome == Outcome.SAMPLED;
  }
}
