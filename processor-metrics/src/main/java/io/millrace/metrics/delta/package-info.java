/**
 * Sums delta points into cumulative ones, exactly once, as one Kafka Streams application: {@link
 * io.millrace.metrics.delta.DeltaProcessor} runs it inside the metrics processor, {@link
 * io.millrace.metrics.delta.DeltaTopology} says what it is made of.
 *
 * <p>Everything but {@code DeltaProcessor} and {@code DeltaMeters} runs on a stream thread, each
 * task with objects of its own. What a task remembers is in two stores with changelogs; all else
 * follows from them.
 */
@NullMarked
package io.millrace.metrics.delta;

import org.jspecify.annotations.NullMarked;
