package io.millrace.metrics.prometheus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Numbers ranges of bytes in the order in which they are first seen: equal ranges with an equal
 * prefix have one number. The ranges stay where they are, in arrays the table is told of.
 */
final class RangeTable {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private int[] slots = new int[256];
  private int size;
  private long[] hashes = new long[128];
  private long[] prefixes = new long[128];
  private byte[][] sources = new byte[128][];
  private int[] froms = new int[128];
  private int[] tos = new int[128];

  int size() {
    return size;
  }

  void clear() {
    if (size > 0) {
      Arrays.fill(slots, 0);
      Arrays.fill(sources, 0, size, null);
      size = 0;
    }
  }

  /**
   * The number of a range, or {@code -1 - number} if it is new and was taken in; then the array
   * must not change any more within the range.
   */
  int number(long prefix, byte[] source, int from, int to) {
    long hash = hash(prefix, source, from, to);
    int slot = find(hash, prefix, source, from, to);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    if (size == hashes.length) {
      grow();
      slot = find(hash, prefix, source, from, to);
    }
    hashes[size] = hash;
    prefixes[size] = prefix;
    sources[size] = source;
    froms[size] = from;
    tos[size] = to;
    slots[slot] = ++size;
    return -size;
  }

  /** Copies the range just taken in, so that its array need not be kept. */
  void owned(int number) {
    sources[number] = Arrays.copyOfRange(sources[number], froms[number], tos[number]);
    tos[number] -= froms[number];
    froms[number] = 0;
  }

  /** The arrays of all ranges were copied to another: ranges keep their places in it. */
  void moved(byte[] source) {
    Arrays.fill(sources, 0, size, source);
  }

  long prefix(int number) {
    return prefixes[number];
  }

  byte[] source(int number) {
    return sources[number];
  }

  int from(int number) {
    return froms[number];
  }

  int to(int number) {
    return tos[number];
  }

  private int find(long hash, long prefix, byte[] source, int from, int to) {
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != 0 && !holds(slots[slot] - 1, hash, prefix, source, from, to)) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private boolean holds(int number, long hash, long prefix, byte[] source, int from, int to) {
    return hashes[number] == hash
        && prefixes[number] == prefix
        && Arrays.equals(sources[number], froms[number], tos[number], source, from, to);
  }

  private void grow() {
    int capacity = hashes.length * 2;
    hashes = Arrays.copyOf(hashes, capacity);
    prefixes = Arrays.copyOf(prefixes, capacity);
    sources = Arrays.copyOf(sources, capacity);
    froms = Arrays.copyOf(froms, capacity);
    tos = Arrays.copyOf(tos, capacity);
    slots = new int[capacity * 2];
    int mask = slots.length - 1;
    for (int i = 0; i < size; i++) {
      int slot = (int) hashes[i] & mask;
      while (slots[slot] != 0) {
        slot = slot + 1 & mask;
      }
      slots[slot] = i + 1;
    }
  }

  long hash(int number) {
    return hashes[number];
  }

  static long hash(long prefix, byte[] source) {
    return hash(prefix, source, 0, source.length);
  }

  private static long hash(long prefix, byte[] source, int from, int to) {
    long hash = (prefix + to - from) * MIX;
    int at = from;
    for (; at <= to - 8; at += 8) {
      hash = step(hash, (long) LONG.get(source, at));
    }
    long rest = 0;
    for (; at < to; at++) {
      rest = rest << 8 | (source[at] & 0xff);
    }
    hash = step(hash, rest);
    return hash ^ hash >>> 29;
  }

  private static long step(long hash, long word) {
    long mixed = (hash ^ word) * MIX;
    return mixed ^ mixed >>> 32;
  }
}
