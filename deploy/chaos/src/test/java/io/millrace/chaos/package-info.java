/**
 * Faults that a fleet of real processes has to survive: one class for each, on a {@link
 * io.millrace.chaos.Fleet} with numbered items at one end and a backend of the test's own at the
 * other. Null is forbidden unless marked.
 */
@NullMarked
package io.millrace.chaos;

import org.jspecify.annotations.NullMarked;
