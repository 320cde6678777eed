package io.millrace.metrics.prometheus;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The values of a repeated number on the wire, packed or not, as 64 bits each. */
final class Numbers {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private long[] values = new long[64];
  private int size;

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  long[] values() {
    return values;
  }

  double number(int i) {
    return Double.longBitsToDouble(values[i]);
  }

  /** Takes fixed64 values from the field just read. */
  void takeFixed(byte[] source, WireReader reader) throws MalformedOtlp {
    if (!reader.isLengthDelimited()) {
      add(reader.value());
      return;
    }
    int length = reader.end() - reader.from();
    if (length % 8 != 0) {
      throw new MalformedOtlp(
          "malformed OTLP at byte %d: %d bytes of packed fixed64 (expected: a multiple of 8)"
              .formatted(reader.from(), length));
    }
    ensure(length / 8);
    for (int at = reader.from(); at < reader.end(); at += 8) {
      values[size++] = (long) LONG.get(source, at);
    }
  }

  /** Takes varint values from the field just read. */
  void takeVarints(byte[] source, WireReader reader) throws MalformedOtlp {
    if (!reader.isLengthDelimited()) {
      add(reader.value());
      return;
    }
    ensure(reader.end() - reader.from());
    int at = reader.from();
    while (at < reader.end()) {
      long value = 0;
      int shift = 0;
      byte next;
      do {
        if (at == reader.end() || shift > 63) {
          throw new MalformedOtlp("malformed OTLP at byte " + at + ": a packed varint without end");
        }
        next = source[at++];
        value |= (long) (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      values[size++] = value;
    }
  }

  void add(long value) {
    ensure(1);
    values[size++] = value;
  }

  private void ensure(int more) {
    if (size + more > values.length) {
      values = Arrays.copyOf(values, Math.max(size + more, values.length * 2));
    }
  }
}
