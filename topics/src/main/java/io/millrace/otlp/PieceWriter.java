package io.millrace.otlp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record value from its end to its beginning, so that the length of each container is
 * known when its turn comes. Envelope and items of a container keep the order they have in the
 * request.
 */
final class PieceWriter {

  private static final byte[][] NO_SUFFIXES = {};

  private final Outline outline;
  private final int lowest;
  private final int[] open;
  private final int[] end; // where the open container's body ends in the value
  private final int[] slice; // last slice of its envelope that is not written yet
  private final int[] path;
  private byte[] value = {};
  private int position;

  PieceWriter(Outline outline) {
    this.outline = outline;
    this.lowest = outline.levels().lowest();
    this.open = new int[lowest + 1];
    this.end = new int[lowest + 1];
    this.slice = new int[lowest + 1];
    this.path = new int[lowest + 1];
  }

  /**
   * @param items item numbers, ascending within {@code [from, to)}
   * @param size what {@link PieceSize} found for them
   */
  byte[] write(int[] items, int from, int to, int size) {
    return write(items, from, to, size, NO_SUFFIXES);
  }

  /**
   * @param suffixes encoded fields to put behind those of the items, by their place in {@code
   *     items}; null or none at all for an item to leave as it is
   */
  byte[] write(int[] items, int from, int to, int size, byte[] @Nullable [] suffixes) {
    value = new byte[size];
    position = size;
    Arrays.fill(open, Outline.NONE);
    open(0, Outline.REQUEST);
    for (int i = to - 1; i >= from; i--) {
      enter(outline.container(items[i]));
      int start = outline.itemStart(items[i]);
      writeEnvelope(lowest, start);
      byte[] suffix = i < suffixes.length ? suffixes[i] : null;
      if (suffix == null) {
        copy(start, outline.itemEnd(items[i]));
      } else {
        copyWith(items[i], suffix);
      }
    }
    closeBelow(0);
    writeEnvelope(0, 0);
    if (position != 0) {
      throw new IllegalStateException(position + " bytes left of a record value of " + size);
    }
    return value;
  }

  private void enter(int container) {
    int shared = lowest;
    int at = container;
    while (open[shared] != at) {
      path[shared--] = at;
      at = outline.parent(at);
    }
    closeBelow(shared);
    for (int level = shared + 1; level <= lowest; level++) {
      writeEnvelope(level - 1, outline.start(path[level]));
      open(level, path[level]);
    }
  }

  private void open(int level, int container) {
    open[level] = container;
    end[level] = position;
    slice[level] = outline.lastSlice(container);
  }

  private void closeBelow(int top) {
    for (int level = lowest; level > top; level--) {
      if (open[level] != Outline.NONE) {
        writeEnvelope(level, 0);
        writeVarint(end[level] - position);
        value[--position] =
            (byte) WireReader.tag(outline.field(open[level]), WireReader.LENGTH_DELIMITED);
        open[level] = Outline.NONE;
      }
    }
  }

  /** Writes what is left of the envelope behind an offset of the request. */
  private void writeEnvelope(int level, int behind) {
    int at = slice[level];
    while (at != Outline.NONE && outline.sliceStart(at) >= behind) {
      copy(outline.sliceStart(at), outline.sliceEnd(at));
      at = outline.previousSlice(at);
    }
    slice[level] = at;
  }

  private void copy(int from, int to) {
    position -= to - from;
    System.arraycopy(outline.request(), from, value, position, to - from);
  }

  private void copyWith(int item, byte[] suffix) {
    int end = position;
    position -= suffix.length;
    System.arraycopy(suffix, 0, value, position, suffix.length);
    copy(outline.bodyStart(item), outline.itemEnd(item));
    writeVarint(end - position);
    // Without the bit by which an encoder may have made more bytes of the tag than it needs.
    value[--position] = (byte) (outline.request()[outline.itemStart(item)] & 0x7f);
  }

  private void writeVarint(int number) {
    int bytes = PieceSize.framed(number) - 1 - number;
    position -= bytes;
    int rest = number;
    for (int at = position; at < position + bytes - 1; at++) {
      value[at] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    value[position + bytes - 1] = (byte) rest;
  }
}
