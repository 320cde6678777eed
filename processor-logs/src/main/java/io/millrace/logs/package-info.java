/**
 * The logs processor: reads the logs topic and delivers it to the destinations of the
 * configuration. {@link io.millrace.logs.LogsProcessor} is what runs, in a process of its own or
 * inside the standalone pipeline.
 */
@NullMarked
package io.millrace.logs;

import org.jspecify.annotations.NullMarked;
