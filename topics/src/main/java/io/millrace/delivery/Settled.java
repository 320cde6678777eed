package io.millrace.delivery;

import java.util.ArrayDeque;

/**
 * The contiguous prefix of one partition: batches settle in any order, and only what has nothing
 * unsettled before it may be committed. Loop thread only.
 */
final class Settled {

  private final ArrayDeque<Held> inOrder = new ArrayDeque<>();
  private long committable = -1;

  /** Takes note of a record; offsets must ascend. */
  void add(Held held) {
    inOrder.addLast(held);
  }

  /** The offset that may be committed: one past the settled prefix; -1 while there is none. */
  long committable() {
    while (!inOrder.isEmpty() && inOrder.getFirst().isSettled()) {
      committable = inOrder.removeFirst().record.offset() + 1;
    }
    return committable;
  }

  /** Nothing is owed an outcome before an offset that the consumer has passed. */
  void passed(long offset) {
    if (isEmpty()) {
      committable = Math.max(committable, offset);
    }
  }

  /** True when nothing is owed an outcome. */
  boolean isEmpty() {
    committable();
    return inOrder.isEmpty();
  }

  /** Append time, in milliseconds since the epoch, of the oldest record not settled; -1 if none. */
  long oldestTimestamp() {
    return isEmpty() ? -1 : inOrder.getFirst().record.timestamp();
  }

  /** Offset of the oldest record not settled; -1 if none. */
  long oldestOffset() {
    return isEmpty() ? -1 : inOrder.getFirst().record.offset();
  }

  /** What has no outcome yet. */
  Iterable<Held> unsettled() {
    return inOrder.stream().filter(held -> !held.isSettled()).toList();
  }
}
