package io.millrace.traces;

import java.time.Instant;
import java.util.List;

/**
 * What a run of {@code what-if} has found.
 *
 * @param partitions of the topic
 * @param reports of the policies tried, then of those to compare with
 */
record WhatIfResult(
    Instant from, Instant to, int partitions, WhatIf.Read read, List<TrialReport> reports) {}
