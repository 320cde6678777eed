/**
 * Relabelling in Prometheus's own syntax, as in {@code write_relabel_configs}: rules that keep,
 * drop and rewrite the labels of a series. It knows nothing of OTLP. {@link
 * io.millrace.metrics.relabel.RelabelRules} is what others use; one thread at a time.
 */
@NullMarked
package io.millrace.metrics.relabel;

import org.jspecify.annotations.NullMarked;
