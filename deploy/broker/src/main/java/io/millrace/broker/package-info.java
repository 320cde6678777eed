/**
 * A real single-node Kafka (KRaft, broker and controller in one) inside this JVM: what {@code
 * millrace up} stores telemetry in, and what tests prove the guarantees against. It knows nothing
 * of the rest of Millrace. Kafka runs on threads of its own. Null is forbidden unless marked.
 */
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
