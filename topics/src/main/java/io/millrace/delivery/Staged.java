package io.millrace.delivery;

import java.util.Map;

/**
 * What a stage makes of one record: {@code items consumed = items + sampledOut + all of dropped}.
 *
 * @param value what is to be delivered, an Export*ServiceRequest; empty when {@code items} is 0
 * @param items spans, data points or log records in {@code value}
 * @param sampledOut items a final decision keeps from being delivered
 * @param dropped items that rules of the processing stage drop, by the rule's name
 * @param letters the same items in the same order as they are to stand in a dead letter; {@code
 *     value} itself unless dead letters keep the original
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying it would cost the hot path
public record Staged(
    byte[] value, int items, int sampledOut, Map<String, Integer> dropped, byte[] letters) {

  public Staged(byte[] value, int items, int sampledOut) {
    this(value, items, sampledOut, Map.of(), value);
  }
}
