package io.millrace.delivery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The contiguous prefix of one partition: batches settle in any order, and only what has nothing
 * unsettled before it may be committed. Of what is settled it keeps nothing, however much of that
 * stands behind a record that waits. Loop thread only.
 */
final class Settled {

  /** By offset, ascending. */
  private final Map<Long, Held> open = new LinkedHashMap<>();

  private long begin = -1;
  private long end = -1;
  private long passed = -1;

  /** Takes note of a record; offsets must ascend. */
  void add(Held held) {
    long offset = held.record.offset();
    begin = begin < 0 ? offset : begin;
    end = offset + 1;
    open.put(offset, held);
  }

  /** A record has its outcome. */
  void remove(Held held) {
    open.remove(held.record.offset());
  }

  /** The offset that may be committed: of what is to be settled next; -1 while none is settled. */
  long committable() {
    long oldest = oldestOffset();
    return oldest < 0 ? Math.max(end, passed) : oldest > begin ? oldest : -1;
  }

  /** Nothing is owed an outcome before an offset that the consumer has passed. */
  void passed(long offset) {
    if (isEmpty()) {
      passed = Math.max(passed, offset);
    }
  }

  /** True when nothing is owed an outcome. */
  boolean isEmpty() {
    return open.isEmpty();
  }

  /** Append time, in milliseconds since the epoch, of the oldest record not settled; -1 if none. */
  long oldestTimestamp() {
    return isEmpty() ? -1 : open.values().iterator().next().record.timestamp();
  }

  /** Offset of the oldest record not settled; -1 if none. */
  long oldestOffset() {
    return isEmpty() ? -1 : open.keySet().iterator().next();
  }

  /** What has no outcome yet. */
  List<Held> unsettled() {
    return List.copyOf(open.values());
  }
}
