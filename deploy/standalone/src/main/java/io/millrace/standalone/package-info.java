/**
 * The whole pipeline in one JVM: a real Kafka, the gateway, the three processors and, if asked for,
 * a demo shop. It starts the same roles that production runs in processes of their own; nothing
 * here is on a record's way.
 */
@NullMarked
package io.millrace.standalone;

import org.jspecify.annotations.NullMarked;
