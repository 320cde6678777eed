/**
 * OTLP on the wire: cutting export requests into records by walking protobuf bytes, without
 * building objects, and OTLP/JSON in and out. Pure functions over bytes: no Kafka, no I/O, any
 * thread. Every method that is given bytes returns a value or throws {@link
 * io.millrace.otlp.MalformedOtlp}, nothing else.
 */
@NullMarked
package io.millrace.otlp;

import org.jspecify.annotations.NullMarked;
