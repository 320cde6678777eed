package io.millrace.traces;

/**
 * Finds traces that lie on more than one partition, as they do when those who write a topic do not
 * agree on what decides the partition: the halves of such a trace are decided apart. Remembers the
 * partition of the traces seen last, as many as there are slots, so it sees those whose spans are
 * read soon one after the other, and only on partitions of this process. Loop thread only.
 */
final class SplitTraces {

  private static final int SLOTS = 1 << 16;

  /** In place of a partition: nothing more to tell of the trace. */
  private static final int TOLD = -1;

  private final long[] high = new long[SLOTS];
  private final long[] low = new long[SLOTS];
  private final int[] partitions = new int[SLOTS];

  // Asked last: spans of a trace stand together, mostly.
  private long lastHigh;
  private long lastLow;
  private int lastPartition;

  /**
   * A span of a trace was read from a partition; ids of zero are of no trace.
   *
   * @return whether the trace was seen on another one before; true once for each trace
   */
  boolean isSplit(long idHigh, long idLow, int partition) {
    if (idHigh == lastHigh && idLow == lastLow && partition == lastPartition) {
      return false;
    }
    lastHigh = idHigh;
    lastLow = idLow;
    lastPartition = partition;
    int slot = Long.hashCode((idHigh ^ idLow) * 0x9E3779B97F4A7C15L) & (SLOTS - 1);
    if (high[slot] != idHigh || low[slot] != idLow) {
      high[slot] = idHigh;
      low[slot] = idLow;
      partitions[slot] = partition;
      return false;
    }
    if (partitions[slot] == partition || partitions[slot] == TOLD) {
      return false;
    }
    partitions[slot] = TOLD;
    return true;
  }
}
