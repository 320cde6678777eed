/**
 * The contract between gateway and processors: which topics there are, how they are configured,
 * what a record's headers say. Both sides of Kafka read this package and nothing of each other.
 */
@NullMarked
package io.millrace.topics;

import org.jspecify.annotations.NullMarked;
