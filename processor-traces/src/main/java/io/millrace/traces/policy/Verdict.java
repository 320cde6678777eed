package io.millrace.traces.policy;

import java.util.List;

/**
 * What one policy says of a trace. Those with a budget change it, so they are asked only in turn.
 */
@FunctionalInterface
interface Verdict {

  /** The Collector's decisions of a policy. */
  enum Vote {
    SAMPLED,
    NOT_SAMPLED,
    DROPPED,
    /** A condition could not be evaluated, and its error mode is to propagate that. */
    FAILED,
    /** A rule does not match; the next one is asked. */
    NO_MATCH;

    static Vote of(boolean sampled) {
      return sampled ? SAMPLED : NOT_SAMPLED;
    }
  }

  Vote on(Trace trace);

  static Verdict ofBit(Layout.Bit bit) {
    return trace -> Vote.of(bit.in(trace.summary(), trace.at()));
  }

  static Verdict ofMissingBit(Layout.Bit bit) {
    return trace -> Vote.of(!bit.in(trace.summary(), trace.at()));
  }

  static Verdict not(Verdict verdict) {
    return trace ->
        switch (verdict.on(trace)) {
          case SAMPLED -> Vote.NOT_SAMPLED;
          case NOT_SAMPLED -> Vote.SAMPLED;
          case DROPPED -> Vote.DROPPED;
          case FAILED -> Vote.FAILED;
          case NO_MATCH -> Vote.NO_MATCH;
        };
  }

  /** What all say if all sample the trace; else what the first says that does not. */
  static Verdict all(List<Verdict> verdicts, Vote ifAll) {
    return trace -> {
      for (int i = 0; i < verdicts.size(); i++) {
        Vote vote = verdicts.get(i).on(trace);
        if (vote != Vote.SAMPLED) {
          return vote;
        }
      }
      return ifAll;
    };
  }
}
