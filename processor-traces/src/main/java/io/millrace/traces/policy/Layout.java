package io.millrace.traces.policy;

/**
 * Where a trace's summary holds what. The first word counts the spans in its upper half and has 32
 * bits for conditions; whatever else the policies need follows. All zeros is the summary of no
 * span.
 */
final class Layout {

  static final int NONE = -1;

  private static final int BITS_OF_FIRST = 32;
  private static final int TIME_WORDS = 2;

  private int longs = 1;
  private int bitWord;
  private int bitsUsed;
  private int bitsOfWord = BITS_OF_FIRST;
  private int times = NONE;
  private int size = NONE;

  /** A bit of a summary. */
  record Bit(int word, long mask) {

    boolean in(long[] summary, int at) {
      return (summary[at + word] & mask) != 0;
    }

    void set(long[] summary, int at) {
      summary[at + word] |= mask;
    }
  }

  Bit bit() {
    if (bitsUsed == bitsOfWord) {
      bitWord = longs++;
      bitsUsed = 0;
      bitsOfWord = Long.SIZE;
    }
    return new Bit(bitWord, 1L << bitsUsed++);
  }

  /** Earliest start and latest end. */
  void needTimes() {
    if (times == NONE) {
      times = longs;
      longs += TIME_WORDS;
    }
  }

  /** See {@link TraceSize}. */
  void needSize() {
    if (size == NONE) {
      size = longs;
      longs += TraceSize.WORDS;
    }
  }

  /** So many words of their own; gives the first. */
  int words(int count) {
    int first = longs;
    longs += count;
    return first;
  }

  int longs() {
    return longs;
  }

  /** Word of the earliest start, before that of the latest end. */
  int times() {
    return times;
  }

  int size() {
    return size;
  }
}
