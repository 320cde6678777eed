package io.millrace.traces.policy;

/**
 * The 56 bits that samplers hold thresholds against: those that a span of the trace carries in its
 * tracestate, {@code ot=rv}, else the last of its id. One word of the summary.
 */
final class TraceRandomness implements SpanCondition {

  private static final long IS_SET = 1L << 63;

  private final int word;

  TraceRandomness(int word) {
    this.word = word;
  }

  @Override
  public void observe(ObservedSpan observed, long[] summary, int at) {
    SpanCursor span = observed.span();
    if (summary[at + word] != 0 || span.traceStateFrom() == span.traceStateTo()) {
      return;
    }
    OtelTraceState state =
        OtelTraceState.read(span.bytes(), span.traceStateFrom(), span.traceStateTo());
    if (state.randomness() != OtelTraceState.NONE) {
      summary[at + word] = IS_SET | state.randomness();
    }
  }

  long of(Trace trace) {
    long set = trace.summary()[trace.at() + word];
    return set == 0 ? SamplingThreshold.randomness(trace.idLo()) : set & ~IS_SET;
  }
}
