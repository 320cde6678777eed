/**
 * OTLP metrics as Prometheus series: names, labels, samples, and remote write. The rules are those
 * of the OpenTelemetry to Prometheus compatibility specification, as Prometheus's own OTLP endpoint
 * carries them out.
 *
 * <p>Bytes go in and bytes come out: {@link io.millrace.metrics.prometheus.Conversion} walks the
 * OTLP of a batch and fills a {@link io.millrace.metrics.prometheus.SeriesTable}, which is written
 * as remote write 1.0 or 2.0. All of it runs on the delivery loop's thread and is used again for
 * the next batch; only answers come from threads of the HTTP client.
 */
@NullMarked
package io.millrace.metrics.prometheus;

import org.jspecify.annotations.NullMarked;
