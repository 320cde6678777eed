package io.millrace.metrics.delta;

import io.millrace.otlp.Xxh64;

/**
 * 128 bits that stand for a series or a part of its identity. Two XXH64 with seeds of their own: of
 * a million series two have the same with a probability of 10^-27.
 */
final class Hash128 {

  static final int BYTES = 16;

  private static final long HIGH_SEED = 0x6d69_6c6c_7261_6365L;
  private static final long LOW_SEED = 0x64_656c_7461L;
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private long high;
  private long low;

  void clear() {
    high = 0;
    low = 0;
  }

  /** Takes in an element of a set: the order of elements does not count. */
  void addToSet(byte[] bytes, int from, int to) {
    high += Xxh64.hash(bytes, from, to, HIGH_SEED);
    low += Xxh64.hash(bytes, from, to, LOW_SEED);
  }

  /** Takes in a part: the order of parts counts. */
  void append(byte[] bytes, int from, int to) {
    append(Xxh64.hash(bytes, from, to, HIGH_SEED), Xxh64.hash(bytes, from, to, LOW_SEED));
  }

  void append(Hash128 part) {
    append(part.high, part.low);
  }

  void append(long number) {
    append(number, number);
  }

  private void append(long toHigh, long toLow) {
    high = mix(high, toHigh);
    low = mix(low, toLow + 1);
  }

  private static long mix(long hash, long part) {
    long mixed = (Long.rotateLeft(hash, 29) ^ part) * MIX;
    return mixed ^ mixed >>> 32;
  }

  /** Big-endian. */
  void write(byte[] to, int at) {
    for (int i = 0; i < Long.BYTES; i++) {
      to[at + i] = (byte) (high >>> (8 * (7 - i)));
      to[at + Long.BYTES + i] = (byte) (low >>> (8 * (7 - i)));
    }
  }
}
