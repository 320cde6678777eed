/**
 * The delivery loop every processor runs: poll, gate, transform, batch, send, settle, commit. It
 * owns the promise that an offset is committed only when everything at or before it is settled, and
 * the bound on memory in flight.
 *
 * <p>One thread per loop runs all of it; destinations answer from threads of their own, and their
 * answers wait in a queue for the loop. {@link io.millrace.delivery.DeliveryLoop} is the class to
 * read first.
 */
@NullMarked
package io.millrace.delivery;

import org.jspecify.annotations.NullMarked;
