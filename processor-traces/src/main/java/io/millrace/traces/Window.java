package io.millrace.traces;

import java.util.Arrays;

/**
 * Summaries of the traces of one partition, by trace id, in the order in which they were last seen:
 * rows of {@code long}s in chunks, found through an open-addressed table. No object is made for a
 * trace. Loop thread only.
 *
 * <p>A row is named by its number, which stays the same until the row is removed. Rows are summed
 * up in words of their own behind the fixed ones; {@link #words} and {@link #summary} say where.
 */
final class Window {

  static final int NONE = -1;

  /** Rows per chunk, a power of two: the memory that one step of growth takes. */
  static final int CHUNK_ROWS = 1 << 12;

  private static final int ID_HIGH = 0;
  private static final int ID_LOW = 1;
  private static final int LAST_OFFSET = 2;
  private static final int LAST_TIME = 3;
  private static final int LINKS = 4;
  private static final int STATE = 5;
  private static final int FIXED = 6;

  private static final int SMALLEST_TABLE = 1 << 10;

  private final int rowWords;
  private long[][] chunks = new long[0][];
  private int used; // rows ever given out
  private int free = NONE; // head of the rows given back, linked through LINKS
  private int size;

  /** Row number + 1 by hash; 0 where there is none. Its length is a power of two. */
  private int[] table = new int[SMALLEST_TABLE];

  private int oldest = NONE;
  private int newest = NONE;

  /**
   * @param summaryWords words of a row that are the caller's
   */
  Window(int summaryWords) {
    this.rowWords = FIXED + summaryWords;
  }

  int size() {
    return size;
  }

  /** Memory of rows and table, in bytes. */
  long bytes() {
    return (long) chunks.length * CHUNK_ROWS * rowWords * Long.BYTES
        + (long) table.length * Integer.BYTES;
  }

  /** Bytes that {@link #add} would take beyond {@link #bytes}. */
  long growthOfNextAdd() {
    long growth = 0;
    if (free == NONE && used == chunks.length * CHUNK_ROWS) {
      growth += (long) CHUNK_ROWS * rowWords * Long.BYTES;
    }
    if (isTableFull()) {
      growth += (long) table.length * Integer.BYTES; // it doubles
    }
    return growth;
  }

  /** The row of a trace, or {@link #NONE}. */
  int find(long high, long low) {
    int mask = table.length - 1;
    int at = hash(high, low) & mask;
    while (table[at] != 0) {
      int row = table[at] - 1;
      if (get(row, ID_HIGH) == high && get(row, ID_LOW) == low) {
        return row;
      }
      at = (at + 1) & mask;
    }
    return NONE;
  }

  /** A new row, all zero but for its id, as the newest. The trace must not have one. */
  int add(long high, long low) {
    if (isTableFull()) {
      growTable();
    }
    int row = takeRow();
    long[] chunk = chunks[row / CHUNK_ROWS];
    int from = (row % CHUNK_ROWS) * rowWords;
    Arrays.fill(chunk, from, from + rowWords, 0);
    set(row, ID_HIGH, high);
    set(row, ID_LOW, low);
    insert(row);
    appendNewest(row);
    size++;
    return row;
  }

  /** Forgets a row. */
  void remove(int row) {
    removeFromTable(row);
    unlink(row);
    set(row, LINKS, free);
    free = row;
    size--;
  }

  /** Takes note of a record of the trace; the row becomes the newest. */
  void touch(int row, long offset, long logTime) {
    set(row, LAST_OFFSET, offset);
    set(row, LAST_TIME, logTime);
    if (row != newest) {
      unlink(row);
      appendNewest(row);
    }
  }

  /** The row seen longest ago, or {@link #NONE}. */
  int oldest() {
    return oldest;
  }

  long lastOffset(int row) {
    return get(row, LAST_OFFSET);
  }

  /** Log time of the trace's last record, in milliseconds. */
  long lastTime(int row) {
    return get(row, LAST_TIME);
  }

  long idHigh(int row) {
    return get(row, ID_HIGH);
  }

  long idLow(int row) {
    return get(row, ID_LOW);
  }

  /** A word that is the caller's; 0 in a new row. */
  long state(int row) {
    return get(row, STATE);
  }

  void state(int row, long value) {
    set(row, STATE, value);
  }

  /** The array that holds the row's summary. */
  long[] words(int row) {
    return chunks[row / CHUNK_ROWS];
  }

  /** Index of the summary's first word in {@link #words}. */
  int summary(int row) {
    return (row % CHUNK_ROWS) * rowWords + FIXED;
  }

  private boolean isTableFull() {
    return size >= table.length - table.length / 4;
  }

  private void growTable() {
    table = new int[table.length * 2];
    for (int row = oldest; row != NONE; row = next(row)) {
      insert(row);
    }
  }

  private void insert(int row) {
    int mask = table.length - 1;
    int at = hash(get(row, ID_HIGH), get(row, ID_LOW)) & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = row + 1;
  }

  /** Closes the gap, so that no probe ends too early (Knuth, volume 3, algorithm 6.4R). */
  private void removeFromTable(int row) {
    int mask = table.length - 1;
    int gap = hash(get(row, ID_HIGH), get(row, ID_LOW)) & mask;
    while (table[gap] != row + 1) {
      gap = (gap + 1) & mask;
    }
    int at = gap;
    while (true) {
      at = (at + 1) & mask;
      if (table[at] == 0) {
        table[gap] = 0;
        return;
      }
      int moved = table[at] - 1;
      int home = hash(get(moved, ID_HIGH), get(moved, ID_LOW)) & mask;
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        table[gap] = table[at];
        gap = at;
      }
    }
  }

  private int takeRow() {
    if (free != NONE) {
      int row = free;
      free = (int) get(row, LINKS);
      return row;
    }
    if (used == chunks.length * CHUNK_ROWS) {
      chunks = Arrays.copyOf(chunks, chunks.length + 1);
      chunks[chunks.length - 1] = new long[CHUNK_ROWS * rowWords];
    }
    return used++;
  }

  private void appendNewest(int row) {
    link(row, newest, NONE);
    if (newest != NONE) {
      link(newest, previous(newest), row);
    } else {
      oldest = row;
    }
    newest = row;
  }

  private void unlink(int row) {
    int previous = previous(row);
    int next = next(row);
    if (previous == NONE) {
      oldest = next;
    } else {
      link(previous, previous(previous), next);
    }
    if (next == NONE) {
      newest = previous;
    } else {
      link(next, previous, next(next));
    }
  }

  private int previous(int row) {
    return (int) (get(row, LINKS) >> Integer.SIZE);
  }

  private int next(int row) {
    return (int) get(row, LINKS);
  }

  private void link(int row, int previous, int next) {
    set(row, LINKS, ((long) previous << Integer.SIZE) | (next & 0xffff_ffffL));
  }

  private long get(int row, int word) {
    return chunks[row / CHUNK_ROWS][(row % CHUNK_ROWS) * rowWords + word];
  }

  private void set(int row, int word, long value) {
    chunks[row / CHUNK_ROWS][(row % CHUNK_ROWS) * rowWords + word] = value;
  }

  /** Trace ids need not be random in every bit: both halves are mixed (Steele et al., SplitMix). */
  private static int hash(long high, long low) {
    long mixed = (high ^ Long.rotateLeft(low, 32)) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xd6e8feb86659fd93L;
    return (int) (mixed ^ (mixed >>> 32));
  }
}
