package io.millrace.otlp;

import java.util.Arrays;

/** A growing table of ints: what would be a list of small objects, without the objects. */
final class IntRows {

  private final int width;
  private int[] cells;
  private int size;

  IntRows(int width, int expectedRows) {
    this.width = width;
    this.cells = new int[width * expectedRows];
  }

  int size() {
    return size;
  }

  int get(int row, int column) {
    return cells[row * width + column];
  }

  void set(int row, int column, int value) {
    cells[row * width + column] = value;
  }

  /** Appends a row of zeros and answers its number. */
  int add() {
    int needed = Math.multiplyExact(size + 1, width);
    if (needed > cells.length) {
      cells = Arrays.copyOf(cells, Math.max(needed, (int) Math.min(cells.length * 2L, 1 << 30)));
    }
    Arrays.fill(cells, needed - width, needed, 0);
    return size++;
  }
}
