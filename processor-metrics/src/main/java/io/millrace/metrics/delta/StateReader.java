package io.millrace.metrics.delta;

/** Reads what a {@code WireWriter} wrote into a store, value after value, without tags. */
final class StateReader {

  private byte[] bytes = {};
  private int position;

  StateReader over(byte[] state) {
    bytes = state;
    position = 0;
    return this;
  }

  byte[] bytes() {
    return bytes;
  }

  int position() {
    return position;
  }

  void skip(int count) {
    position += count;
  }

  long varint() {
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[position++];
      result |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return result;
      }
    }
  }

  long zigzag() {
    long read = varint();
    return read >>> 1 ^ -(read & 1);
  }

  static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  long fixed64() {
    long result = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      result |= (bytes[position++] & 0xffL) << (8 * i);
    }
    return result;
  }

  double float64() {
    return Double.longBitsToDouble(fixed64());
  }
}
