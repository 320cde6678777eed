package io.millrace.traces.policy;

import io.millrace.otlp.MalformedOtlp;

/** What a policy asks of single spans. Its answer, once given, stays in the trace's summary. */
interface SpanCondition {

  void observe(ObservedSpan span, long[] summary, int at) throws MalformedOtlp;

  /** Something that any one span may have. */
  @FunctionalInterface
  interface Property {

    boolean of(ObservedSpan span) throws MalformedOtlp;
  }

  /** Sets a bit when the first span has a property; later spans are not asked. */
  static SpanCondition any(Layout.Bit bit, Property property) {
    int word = bit.word();
    long mask = bit.mask();
    return (span, summary, at) -> {
      if ((summary[at + word] & mask) == 0 && property.of(span)) {
        summary[at + word] |= mask;
      }
    };
  }
}
