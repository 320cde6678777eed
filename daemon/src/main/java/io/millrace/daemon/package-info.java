/**
 * What makes a JVM an operable Millrace process: reading configuration, the admin port, starting
 * and stopping. It knows nothing of Kafka or OTLP; every role's {@code Main} calls it, on the main
 * thread. Null is forbidden unless marked.
 */
@NullMarked
package io.millrace.daemon;

import org.jspecify.annotations.NullMarked;
