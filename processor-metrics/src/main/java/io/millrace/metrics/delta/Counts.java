package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import java.util.Arrays;

/** A list of counts in one array that is used again. */
final class Counts {

  private long[] values = new long[32];
  private int size;

  int size() {
    return size;
  }

  long get(int i) {
    return values[i];
  }

  void clear() {
    size = 0;
  }

  void set(Counts other) {
    size = 0;
    ensure(other.size);
    System.arraycopy(other.values, 0, values, 0, other.size);
    size = other.size;
  }

  void append(long value) {
    ensure(size + 1);
    values[size++] = value;
  }

  void add(int i, long more) {
    values[i] += more;
  }

  /** Makes room for zeros before the first. */
  void shift(int by) {
    ensure(size + by);
    System.arraycopy(values, 0, values, by, size);
    Arrays.fill(values, 0, by, 0);
    size += by;
  }

  /** Zeros behind the last, or none of those behind {@code newSize}. */
  void resize(int newSize) {
    if (newSize > size) {
      ensure(newSize);
      Arrays.fill(values, size, newSize, 0);
    }
    size = newSize;
  }

  void removeFirst(int count) {
    System.arraycopy(values, count, values, 0, size - count);
    size -= count;
  }

  /** What is left of a number without all counts; below 0 if it does not hold them. */
  long leftOf(long number) {
    long left = number;
    for (int i = 0; i < size && left >= 0; i++) {
      left = values[i] < 0 ? -1 : left - values[i];
    }
    return left;
  }

  /** Appends a repeated fixed64 field, packed or not. */
  void takeFixed(byte[] source, WireReader field) {
    if (!field.isLengthDelimited()) {
      append(field.value());
      return;
    }
    for (int at = field.from(); at + Long.BYTES <= field.end(); at += Long.BYTES) {
      long value = 0;
      for (int i = Long.BYTES - 1; i >= 0; i--) {
        value = value << 8 | (source[at + i] & 0xff);
      }
      append(value);
    }
  }

  /** Appends a repeated uint64 field, packed or not. */
  void takeVarints(byte[] source, WireReader field) throws MalformedOtlp {
    if (!field.isLengthDelimited()) {
      append(field.value());
      return;
    }
    int at = field.from();
    while (at < field.end()) {
      long value = 0;
      int shift = 0;
      byte next;
      do {
        if (at == field.end() || shift > 63) {
          throw new MalformedOtlp("malformed OTLP at byte " + at + ": a count has no end");
        }
        next = source[at++];
        value |= (long) (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
      append(value);
    }
  }

  void load(StateReader state) {
    size = 0;
    int count = (int) state.varint();
    ensure(count);
    while (size < count) {
      values[size++] = state.varint();
    }
  }

  void save(WireWriter state) {
    state.varint(size);
    for (int i = 0; i < size; i++) {
      state.varint(values[i]);
    }
  }

  private void ensure(int needed) {
    if (needed > values.length) {
      values = Arrays.copyOf(values, Math.max(needed, values.length * 2));
    }
  }
}
