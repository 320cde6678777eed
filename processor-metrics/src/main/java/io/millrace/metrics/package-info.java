/**
 * The metrics processor: reads the metrics topic and delivers it to the destinations of the
 * configuration. {@link io.millrace.metrics.MetricsProcessor} is what runs, in a process of its own
 * or inside the standalone pipeline.
 */
@NullMarked
package io.millrace.metrics;

import org.jspecify.annotations.NullMarked;
