/**
 * The traces processor: reads the traces topic and delivers it to the destinations of the
 * configuration. {@link io.millrace.traces.TracesProcessor} is what runs, in a process of its own
 * or inside the standalone pipeline.
 */
@NullMarked
package io.millrace.traces;

import org.jspecify.annotations.NullMarked;
