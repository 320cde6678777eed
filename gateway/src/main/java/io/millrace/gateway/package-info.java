/**
 * OTLP in, Kafka out. A request's way: endpoint ({@link io.millrace.gateway.GrpcEndpoint}, {@link
 * io.millrace.gateway.HttpEndpoint}), {@link io.millrace.gateway.Intake}, {@link
 * io.millrace.gateway.Admission}, splitter, {@link io.millrace.gateway.Publisher}. It runs on the
 * event loop that received it as far as Kafka's buffer, and the answer on the producer's thread;
 * nothing on that way may block. The gateway keeps no state between requests.
 */
@NullMarked
package io.millrace.gateway;

import org.jspecify.annotations.NullMarked;
