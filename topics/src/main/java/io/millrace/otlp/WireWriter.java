package io.millrace.otlp;

import java.util.Arrays;

/** Protobuf fields one after the other into a growing array; nested messages in place. */
public final class WireWriter {

  private byte[] bytes;
  private int size;

  public WireWriter(int expectedBytes) {
    bytes = new byte[Math.max(64, expectedBytes)];
  }

  public void tag(int field, int wireType) {
    varint(WireReader.tag(field, wireType));
  }

  public void varint(long value) {
    long rest = value;
    ensure(10);
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** Little-endian. */
  public void fixed(long value, int width) {
    ensure(width);
    for (int shift = 0; shift < 8 * width; shift += 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  public void lengthDelimited(byte[] value) {
    varint(value.length);
    copy(value, 0, value.length);
  }

  /** Fields as they are: the bytes of {@code [from, to)}. */
  public void copy(byte[] source, int from, int to) {
    ensure(to - from);
    System.arraycopy(source, from, bytes, size, to - from);
    size += to - from;
  }

  public int size() {
    return size;
  }

  /** What was written; holds until the next write. */
  public byte[] bytes() {
    return bytes;
  }

  /** Takes back what was written behind a size it had. */
  public void truncate(int to) {
    size = to;
  }

  /** Leaves room for a length and answers where; {@link #end} fills it in. */
  public int begin() {
    ensure(1);
    return size++;
  }

  /** What was written since {@code begin} is the payload: most fit a length of one byte. */
  public void end(int begin) {
    int from = begin + 1;
    int length = size - from;
    size = begin;
    int lengthBytes = PieceSize.framed(length) - 1 - length;
    ensure(lengthBytes + length);
    System.arraycopy(bytes, from, bytes, begin + lengthBytes, length);
    varintBefore(begin + lengthBytes, length);
  }

  private void varintBefore(int payload, int length) {
    int rest = length;
    for (int at = size; at < payload - 1; at++) {
      bytes[at] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[payload - 1] = (byte) rest;
    size = payload + length;
  }

  /** A field of bytes, text or a message. */
  public void bytesField(int field, byte[] value) {
    tag(field, WireReader.LENGTH_DELIMITED);
    lengthDelimited(value);
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, 1 << 30)));
    }
  }
}
