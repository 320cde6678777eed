package io.millrace.otlp;

import static io.millrace.otlp.PartitionKey.TRACE_ID_BYTES;

import java.util.Arrays;

/** All items of one trace to one partition. */
final class ByTraceId implements Partitioning {

  private static final byte[] ZEROS = new byte[TRACE_ID_BYTES];

  private final int traceIdTag;
  private final Hasher hasher;
  private final boolean required;

  private ByTraceId(int traceIdField, Hasher hasher, boolean required) {
    this.traceIdTag = WireReader.tag(traceIdField, WireReader.LENGTH_DELIMITED);
    this.hasher = hasher;
    this.required = required;
  }

  /** A span without a valid trace id is refused. */
  static ByTraceId ofSpans(Hasher hasher) {
    return new ByTraceId(1, hasher, true);
  }

  /**
   * A log record without a valid trace id belongs to no trace (OTLP, LogRecord.trace_id) and is
   * spread.
   */
  static ByTraceId ofLogRecords(Hasher hasher) {
    return new ByTraceId(9, hasher, false);
  }

  @Override
  public void assign(Outline outline, int partitions, int[] result, Refusals refusals)
      throws MalformedOtlp {
    byte[] request = outline.request();
    byte[] key = PartitionKey.newTraceIdKey();
    int keyOf = Outline.NONE; // offset of the trace id that key and partition are of
    int partition = 0;
    int spread = required ? REFUSED : Spread.partition(request, partitions);
    for (int item = 0; item < result.length; item++) {
      WireReader field = outline.readItem(item);
      int from = 0;
      int length = 0;
      while (field.next()) {
        if (field.tag() == traceIdTag) { // the last one wins
          from = field.from();
          length = field.end() - from;
        }
      }
      if (!isValid(request, from, length)) {
        if (required) {
          refusals.invalidTraceId(item, length);
        }
        result[item] = spread;
        continue;
      }
      if (keyOf == Outline.NONE || !same(request, keyOf, from)) {
        PartitionKey.traceId(request, from, key);
        partition = hasher.partition(key, partitions);
        keyOf = from;
      }
      result[item] = partition;
    }
  }

  private static boolean isValid(byte[] request, int from, int length) {
    return length == TRACE_ID_BYTES
        && !Arrays.equals(request, from, from + TRACE_ID_BYTES, ZEROS, 0, TRACE_ID_BYTES);
  }

  private static boolean same(byte[] request, int one, int other) {
    return Arrays.equals(
        request, one, one + TRACE_ID_BYTES, request, other, other + TRACE_ID_BYTES);
  }
}
