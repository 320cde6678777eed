package io.millrace.traces;

/**
 * Finds traces that lie on more than one partition, as they do when those who write a topic do not
 * agree on what decides the partition: the halves of such a trace are decided apart. Remembers the
 * partition of the traces seen last, as many as there are slots, so it sees those whose spans are
 * read soon one after the other, and only on partitions of this process. Loop thread only.
 */
final class SplitTraces {

  private static final int SLOT_BITS = 16;
  private static final int PARTITION_BITS = 16;
  private static final long PARTITION_MASK = (1 << PARTITION_BITS) - 1;

  /** In place of a partition: nothing more to tell of the trace. */
  private static final long TOLD = PARTITION_MASK;

  /** A trace each: 48 bits of its hash, of which 16 more are the slot, and the partition plus 1. */
  private final long[] slots = new long[1 << SLOT_BITS];

  private long lastHash;
  private int lastPartition = -1;

  /**
   * A span of a trace was read from a partition; ids of zero are of no trace.
   *
   * @return whether the trace was seen on another one before; true once for each trace
   */
  boolean isSplit(long idHigh, long idLow, int partition) {
    long hash = (idLow ^ (idHigh * 0xC2B2AE3D27D4EB4FL)) * 0x9E3779B97F4A7C15L;
    if (hash == lastHash && partition == lastPartition) {
      return false;
    }
    lastHash = hash;
    lastPartition = partition;
    int slot = (int) (hash >>> (Long.SIZE - SLOT_BITS));
    long trace = hash << PARTITION_BITS;
    long here = (partition + 1) & PARTITION_MASK;
    long before = slots[slot];
    if ((before & ~PARTITION_MASK) != trace || before == 0) {
      slots[slot] = trace | here;
      return false;
    }
    long onPartition = before & PARTITION_MASK;
    if (onPartition == here || onPartition == TOLD) {
      return false;
    }
    slots[slot] = trace | TOLD;
    return true;
  }
}
