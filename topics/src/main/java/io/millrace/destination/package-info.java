/**
 * The backends batches go to: OTLP/HTTP, OTLP/gRPC and files of OTLP/JSON lines, chosen by the
 * scheme of a URL. Called by the delivery loop's thread; answers come from threads of the clients.
 * What a backend's status means stands in one file, {@link io.millrace.destination.BackendAnswers}.
 */
@NullMarked
package io.millrace.destination;

import org.jspecify.annotations.NullMarked;
