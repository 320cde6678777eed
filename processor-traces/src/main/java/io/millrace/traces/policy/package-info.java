/**
 * The Collector's tail sampling policies (its release 0.155), decided without keeping a span. A
 * policy compiles to conditions on single spans, which set bits and totals in a summary of a few
 * 64-bit words per trace, and to a verdict over that summary.
 *
 * <p>{@link io.millrace.traces.policy.TailSamplingConfig} is the Collector's configuration block,
 * {@link io.millrace.traces.policy.PolicySet} the compiled form, {@link
 * io.millrace.traces.policy.SpanCursor} the walk over the spans of a record. Whoever owns a
 * partition owns one of the latter two; both belong to one thread.
 */
@NullMarked
package io.millrace.traces.policy;

import org.jspecify.annotations.NullMarked;
