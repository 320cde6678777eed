package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;

/**
 * The record keys of the OpenTelemetry Collector's Kafka exporter, from which both sides of a mixed
 * fleet compute the same partition.
 */
final class PartitionKey {

  static final int TRACE_ID_BYTES = 16;

  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

  private PartitionKey() {}

  /** A key for {@link #traceId} to write into. */
  static byte[] newTraceIdKey() {
    return new byte[2 * TRACE_ID_BYTES];
  }

  /** The trace id at {@code from} as lower-case hex text. */
  static void traceId(byte[] bytes, int from, byte[] key) {
    for (int i = 0; i < TRACE_ID_BYTES; i++) {
      byte next = bytes[from + i];
      key[2 * i] = HEX[next >>> 4 & 0xf];
      key[2 * i + 1] = HEX[next & 0xf];
    }
  }

  /**
   * The 128-bit hash of attributes that the Collector calls {@code pdatautil.MapHash}; 16 zero
   * bytes when there are none.
   */
  static byte[] attributes(byte[] request, List<Attribute> attributes, int depth)
      throws MalformedOtlp {
    return attributes.isEmpty()
        ? new byte[16]
        : new AttributeHash(request).addMap(attributes, depth).hash();
  }
}
