package io.millrace.traces;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A queue of entries in log order, each a row, an offset and a time, in chunks of primitive arrays:
 * what it takes follows what it holds, and no array is so large that a collector must treat it
 * apart. Loop thread only.
 */
final class Timeline {

  private static final int CHUNK = 1 << 10;

  private static final class Chunk {
    final int[] rows = new int[CHUNK];
    final long[] offsets = new long[CHUNK];
    final long[] times = new long[CHUNK];
  }

  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private @Nullable Chunk spare;
  private int head; // in the first chunk
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  long bytes() {
    return (chunks.size() + (spare == null ? 0L : 1L)) * CHUNK * (Integer.BYTES + 2 * Long.BYTES);
  }

  void add(int row, long offset, long time) {
    int at = (head + size) % CHUNK;
    if (at == 0 || chunks.isEmpty()) {
      chunks.addLast(spare == null ? new Chunk() : spare);
      spare = null;
    }
    Chunk last = chunks.getLast();
    last.rows[at] = row;
    last.offsets[at] = offset;
    last.times[at] = time;
    size++;
  }

  /** Gives the last entry another row. Not while empty. */
  void lastRow(int row) {
    chunks.getLast().rows[(head + size - 1) % CHUNK] = row;
  }

  /** Of the first entry. Not while empty. */
  int row() {
    return chunks.getFirst().rows[head];
  }

  long offset() {
    return chunks.getFirst().offsets[head];
  }

  /** Time of the first entry, or {@link Long#MAX_VALUE} while empty. */
  long time() {
    return size == 0 ? Long.MAX_VALUE : chunks.getFirst().times[head];
  }

  void remove() {
    head++;
    size--;
    if (head == CHUNK) {
      spare = chunks.removeFirst();
      head = 0;
    }
  }
}
