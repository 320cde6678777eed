package io.millrace.traces;

import java.util.Arrays;

/**
 * A queue of entries in log order, each a row, an offset and a time, in primitive arrays. Loop
 * thread only.
 */
final class Timeline {

  private static final int SMALLEST = 64;

  private int[] rows = new int[SMALLEST];
  private long[] offsets = new long[SMALLEST];
  private long[] times = new long[SMALLEST];
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  long bytes() {
    return (long) rows.length * (Integer.BYTES + 2 * Long.BYTES);
  }

  void add(int row, long offset, long time) {
    if (size == rows.length) {
      grow();
    }
    int at = (head + size) & (rows.length - 1);
    rows[at] = row;
    offsets[at] = offset;
    times[at] = time;
    size++;
  }

  /** Of the first entry; undefined while empty. */
  int row() {
    return rows[head];
  }

  long offset() {
    return offsets[head];
  }

  /** Time of the first entry, or {@link Long#MAX_VALUE} while empty. */
  long time() {
    return size == 0 ? Long.MAX_VALUE : times[head];
  }

  void remove() {
    head = (head + 1) & (rows.length - 1);
    size--;
  }

  private void grow() {
    int capacity = rows.length * 2;
    int[] newRows = Arrays.copyOf(rotated(rows), capacity);
    offsets = Arrays.copyOf(rotated(offsets), capacity);
    times = Arrays.copyOf(rotated(times), capacity);
    rows = newRows;
    head = 0;
  }

  private int[] rotated(int[] from) {
    int[] result = new int[from.length];
    System.arraycopy(from, head, result, 0, from.length - head);
    System.arraycopy(from, 0, result, from.length - head, head);
    return result;
  }

  private long[] rotated(long[] from) {
    long[] result = new long[from.length];
    System.arraycopy(from, head, result, 0, from.length - head);
    System.arraycopy(from, 0, result, from.length - head, head);
    return result;
  }
}
