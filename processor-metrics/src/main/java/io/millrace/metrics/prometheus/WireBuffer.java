package io.millrace.metrics.prometheus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Protobuf fields one after the other in an array that grows and is used again. */
final class WireBuffer {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes;
  private int size;

  WireBuffer(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  void clear() {
    size = 0;
  }

  /** Forgets what was written behind a former size. */
  void truncate(int formerSize) {
    size = formerSize;
  }

  int size() {
    return size;
  }

  /** Changes whenever something is written. */
  byte[] bytes() {
    return bytes;
  }

  byte[] toByteArray(int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** Field numbers up to 15 only. */
  void tag(int field, int wireType) {
    put((byte) (field << 3 | wireType));
  }

  void put(byte value) {
    ensure(1);
    bytes[size++] = value;
  }

  void varint(long value) {
    long rest = value;
    ensure(10);
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void zigzag(long value) {
    varint(value << 1 ^ value >> 63);
  }

  void fixed64(long value) {
    ensure(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  void raw(byte[] source, int from, int to) {
    int length = to - from;
    ensure(length);
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  void raw(byte[] source) {
    raw(source, 0, source.length);
  }

  /** Puts the length before what was written since {@code from}: a message within a message. */
  void frame(int from) {
    int length = size - from;
    int prefix = varintLength(length);
    ensure(prefix);
    System.arraycopy(bytes, from, bytes, from + prefix, length);
    size = from;
    varint(length);
    size += length;
  }

  static int varintLength(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  private void ensure(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1 << 30)));
    }
  }
}
