package io.millrace.delivery;

/**
 * What a stage makes of one record: {@code items consumed = items + sampledOut}.
 *
 * @param value what is to be delivered, an Export*ServiceRequest; empty when {@code items} is 0
 * @param items spans, data points or log records in {@code value}
 * @param sampledOut items a final decision keeps from being delivered
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying it would cost the hot path
public record Staged(byte[] value, int items, int sampledOut) {}
