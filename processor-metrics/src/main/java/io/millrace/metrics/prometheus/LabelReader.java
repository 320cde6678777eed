package io.millrace.metrics.prometheus;

/** A cursor over Label messages as {@link LabelWriter} writes them: name first, then value. */
final class LabelReader {

  private final byte[] bytes;
  private final int to;
  private int at;
  private int from;
  private int nameFrom;
  private int nameTo;
  private int valueFrom;
  private int valueTo;

  LabelReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
  }

  boolean next() {
    if (at == to) {
      return false;
    }
    from = at++;
    varint();
    at++;
    int nameLength = varint();
    nameFrom = at;
    nameTo = at + nameLength;
    at = nameTo + 1;
    int valueLength = varint();
    valueFrom = at;
    valueTo = at + valueLength;
    at = valueTo;
    return true;
  }

  /** Where the message begins; it ends with the value. */
  int from() {
    return from;
  }

  int nameFrom() {
    return nameFrom;
  }

  int nameTo() {
    return nameTo;
  }

  int valueFrom() {
    return valueFrom;
  }

  int valueTo() {
    return valueTo;
  }

  private int varint() {
    int value = 0;
    int shift = 0;
    byte next;
    do {
      next = bytes[at++];
      value |= (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }
}
