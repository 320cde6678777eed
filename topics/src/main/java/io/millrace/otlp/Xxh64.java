package io.millrace.otlp;

import static java.lang.Long.rotateLeft;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** XXH64 by the xxHash specification 0.1.1. */
public final class Xxh64 {

  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Xxh64() {}

  /** Of the first {@code length} bytes, with seed 0. */
  static long hash(byte[] bytes, int length) {
    return hash(bytes, 0, length, 0);
  }

  /** Of the bytes of {@code [from, to)}. */
  public static long hash(byte[] bytes, int from, int to, long seed) {
    int striped = from + (to - from & -32);
    long hash = striped > from ? stripes(bytes, from, striped, seed) : seed + PRIME_5;
    return avalanche(tail(bytes, striped, to, hash + (to - from)));
  }

  private static long stripes(byte[] bytes, int from, int to, long seed) {
    long lane1 = seed + PRIME_1 + PRIME_2;
    long lane2 = seed + PRIME_2;
    long lane3 = seed;
    long lane4 = seed - PRIME_1;
    for (int at = from; at < to; at += 32) {
      lane1 = round(lane1, (long) LONG.get(bytes, at));
      lane2 = round(lane2, (long) LONG.get(bytes, at + 8));
      lane3 = round(lane3, (long) LONG.get(bytes, at + 16));
      lane4 = round(lane4, (long) LONG.get(bytes, at + 24));
    }
    long hash =
        rotateLeft(lane1, 1) + rotateLeft(lane2, 7) + rotateLeft(lane3, 12) + rotateLeft(lane4, 18);
    return merge(merge(merge(merge(hash, lane1), lane2), lane3), lane4);
  }

  private static long round(long lane, long input) {
    return rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
  }

  private static long merge(long hash, long lane) {
    return (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
  }

  private static long tail(byte[] bytes, int from, int to, long start) {
    long hash = start;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      hash = rotateLeft(hash ^ round(0, (long) LONG.get(bytes, at)), 27) * PRIME_1 + PRIME_4;
    }
    if (at + 4 <= to) {
      long word = (int) INT.get(bytes, at) & 0xffffffffL;
      hash = rotateLeft(hash ^ word * PRIME_1, 23) * PRIME_2 + PRIME_3;
      at += 4;
    }
    for (; at < to; at++) {
      hash = rotateLeft(hash ^ (bytes[at] & 0xff) * PRIME_5, 11) * PRIME_1;
    }
    return hash;
  }

  private static long avalanche(long start) {
    long hash = (start ^ start >>> 33) * PRIME_2;
    hash = (hash ^ hash >>> 29) * PRIME_3;
    return hash ^ hash >>> 32;
  }
}
