package io.millrace.otlp;

import java.util.Arrays;

/**
 * The exact size of a record value while items are added to it in request order: each item brings
 * the envelopes of those of its containers that are not in the record yet.
 */
final class PieceSize {

  private final Outline outline;
  private final int lowest;
  private final int[] open;
  private final int[] closedBytes; // of the open container's body, without its open child
  private final int[] path;

  PieceSize(Outline outline) {
    this.outline = outline;
    this.lowest = outline.levels().lowest();
    this.open = new int[lowest + 1];
    this.closedBytes = new int[lowest + 1];
    this.path = new int[lowest + 1];
    clear();
  }

  /** Bytes of a length-delimited field with a one-byte tag. */
  static int framed(int length) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(length | 1);
    return 1 + (bits + 6) / 7 + length;
  }

  void clear() {
    Arrays.fill(open, Outline.NONE);
    open[0] = Outline.REQUEST;
    closedBytes[0] = outline.envelopeBytes(Outline.REQUEST);
  }

  /** The size, were the item added. */
  int with(int item) {
    int shared = sharedLevel(item);
    int added = bytes(item);
    for (int level = lowest; level > shared; level--) {
      added = framed(outline.envelopeBytes(path[level]) + added);
    }
    int body = body(shared) + added;
    for (int level = shared; level > 0; level--) {
      body = closedBytes[level - 1] + framed(body);
    }
    return body;
  }

  void add(int item) {
    add(item, bytes(item));
  }

  /** Adds an item that is to have more fields behind its own. */
  void addWith(int item, int suffixBytes) {
    add(item, framed(outline.itemEnd(item) - outline.bodyStart(item) + suffixBytes));
  }

  private void add(int item, int itemBytes) {
    int shared = sharedLevel(item);
    if (shared < lowest) {
      closedBytes[shared] = body(shared);
      for (int level = shared + 1; level <= lowest; level++) {
        open[level] = path[level];
        closedBytes[level] = outline.envelopeBytes(path[level]);
      }
    }
    closedBytes[lowest] += itemBytes;
  }

  int total() {
    return body(0);
  }

  private int bytes(int item) {
    return outline.itemEnd(item) - outline.itemStart(item);
  }

  /** Lowest level at which the item's container is open already; fills {@code path} below it. */
  private int sharedLevel(int item) {
    int level = lowest;
    int container = outline.container(item);
    while (open[level] != container) {
      path[level--] = container;
      container = outline.parent(container);
    }
    return level;
  }

  /** Bytes of the body of the container open at a level, all below it included. */
  private int body(int level) {
    int below = 0;
    for (int at = lowest; at > level; at--) {
      if (open[at] != Outline.NONE) {
        below = framed(closedBytes[at] + below);
      }
    }
    return closedBytes[level] + below;
  }
}
