package io.millrace.deadletters;

import java.util.BitSet;

/** Offsets of a partition, a bit each: a topic may hold millions of letters. */
final class OffsetSet {

  private final long begin;
  private final BitSet bits = new BitSet();

  /**
   * @param begin the least offset there can be; offsets that are less are none of the set
   */
  OffsetSet(long begin) {
    this.begin = begin;
  }

  void add(long offset) {
    if (isWithin(offset)) {
      bits.set((int) (offset - begin));
    }
  }

  boolean contains(long offset) {
    return isWithin(offset) && bits.get((int) (offset - begin));
  }

  private boolean isWithin(long offset) {
    return offset >= begin && offset - begin < Integer.MAX_VALUE;
  }
}
