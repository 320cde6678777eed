/**
 * The boolean conditions of the OpenTelemetry Transformation Language (OTTL), compiled to read
 * values straight from OTLP bytes. Text goes in at the start of a process and is refused by name
 * and position; at run time a condition allocates nothing for what users mostly write.
 *
 * <p>What a path such as {@code attributes["k"]} means is not known here: the signal's own module
 * gives a {@link io.millrace.condition.Paths} over its own kind of source. A compiled condition
 * keeps registers and belongs to one thread.
 */
@NullMarked
package io.millrace.condition;

import org.jspecify.annotations.NullMarked;
