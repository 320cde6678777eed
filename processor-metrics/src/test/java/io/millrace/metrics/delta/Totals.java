package io.millrace.metrics.delta;

import java.util.List;

/**
 * What a point of a series says, in whole numbers.
 *
 * @param start nanoseconds
 * @param time nanoseconds
 * @param values of a sum its value; of histograms count, sum, and each bucket
 */
record Totals(long start, long time, List<Long> values) {}
