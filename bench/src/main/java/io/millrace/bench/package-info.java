/**
 * Measures Millrace's processes beside the OpenTelemetry Collector's: the same topics, the same
 * load, CPU and memory of the process as the operating system accounts for them.
 */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
