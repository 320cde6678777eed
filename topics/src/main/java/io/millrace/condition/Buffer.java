package io.millrace.condition;

import io.millrace.otlp.WireReader;
import java.util.Arrays;

/** Bytes that a converter makes; reused from call to call. */
final class Buffer {

  private static final int STRING_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);

  private byte[] bytes = new byte[64];
  private int length;

  void clear() {
    length = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void append(byte[] source, int from, int to) {
    ensure(to - from);
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
  }

  /** Appends a text as an element of an ArrayValue. */
  void appendElement(byte[] source, int from, int to) {
    int text = to - from;
    int anyValue = 1 + varintSize(text) + text;
    ensure(1 + varintSize(anyValue) + anyValue);
    bytes[length++] = (byte) STRING_TAG; // the element: field 1, like the string within
    appendVarint(anyValue);
    bytes[length++] = (byte) STRING_TAG;
    appendVarint(text);
    append(source, from, to);
  }

  private void appendVarint(int value) {
    int rest = value;
    while (rest > 0x7f) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private static int varintSize(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
