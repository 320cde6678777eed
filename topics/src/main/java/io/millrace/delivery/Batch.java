package io.millrace.delivery;

import io.millrace.otlp.Signal;
import java.util.List;

/**
 * Records of one tenant that travel to a backend in one request. Written one after the other, the
 * values are one Export*ServiceRequest: protobuf merges repeated fields.
 *
 * @param signal what the values hold
 * @param tenant of all values; empty if they carry none
 * @param values encoded Export*ServiceRequests, in offset order; must not be changed
 * @param appendTimes of the records the values are from, in milliseconds since the epoch; empty if
 *     not known
 * @param bytes sum of the values' lengths
 * @param items spans, data points or log records in all values
 */
public record Batch(
    Signal signal,
    String tenant,
    List<byte[]> values,
    List<Long> appendTimes,
    int bytes,
    int items) {

  public Batch(Signal signal, String tenant, List<byte[]> values, int bytes, int items) {
    this(signal, tenant, values, List.of(), bytes, items);
  }

  /** All values in one array. */
  public byte[] merged() {
    if (values.size() == 1) {
      return values.get(0);
    }
    byte[] merged = new byte[bytes];
    int at = 0;
    for (byte[] value : values) {
      System.arraycopy(value, 0, merged, at, value.length);
      at += value.length;
    }
    return merged;
  }
}
