/**
 * A shop of six services that exists only as telemetry: it gives a newcomer, and the tests, real
 * input for the pipeline, made by the OpenTelemetry SDK and sent by its OTLP exporters. No time is
 * spent pretending: what a request took is drawn by lot and written into the spans' timestamps.
 *
 * <p>{@link io.millrace.shop.Visits} draws what happens as a tree of {@link io.millrace.shop.Step},
 * {@link io.millrace.shop.Teller} tells it to the services' SDKs. All on the thread that calls
 * {@link io.millrace.shop.Shop}; the SDKs export from threads of their own. Null is forbidden
 * unless marked.
 */
@NullMarked
package io.millrace.shop;

import org.jspecify.annotations.NullMarked;
