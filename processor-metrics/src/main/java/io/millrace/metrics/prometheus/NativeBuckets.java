package io.millrace.metrics.prometheus;

import java.util.Arrays;

/**
 * Buckets of a native histogram: spans of neighbours, and each count as its difference from the one
 * before. Made of the dense buckets of OTLP.
 */
final class NativeBuckets {

  /** A gap up to this is cheaper as empty buckets than as a span of its own. */
  private static final int MAX_FILLED_GAP = 2;

  private int spans;
  private int[] offsets = new int[16];
  private int[] lengths = new int[16];
  private int deltaCount;
  private long[] deltas = new long[256];
  private long previous;
  private long next;

  void clear() {
    spans = 0;
    deltaCount = 0;
    previous = 0;
  }

  /**
   * Takes the buckets of an exponential histogram. Its bucket 0 lies above 1, the native bucket 0
   * below: they differ by one.
   *
   * @param offset index of the first bucket
   * @param scaleDown how many times two neighbours are merged into one
   */
  void exponential(long[] counts, int size, int offset, int scaleDown) {
    clear();
    long index = 0;
    long count = 0;
    for (int i = 0; i < size; i++) {
      long merged = (((long) offset + i) >> scaleDown) + 1;
      if (merged != index && count != 0) {
        bucket(index, count);
        count = 0;
      }
      index = merged;
      count += counts[i];
    }
    if (count != 0) {
      bucket(index, count);
    }
  }

  /** Takes the buckets of an explicit histogram, whose bounds are custom values. */
  void custom(long[] counts, int size) {
    clear();
    for (int i = 0; i < size; i++) {
      if (counts[i] != 0) {
        bucket(i, counts[i]);
      }
    }
  }

  private void bucket(long index, long count) {
    long gap = spans == 0 ? index : index - next;
    if (spans == 0 || gap > MAX_FILLED_GAP) {
      if (spans == offsets.length) {
        offsets = Arrays.copyOf(offsets, spans * 2);
        lengths = Arrays.copyOf(lengths, spans * 2);
      }
      offsets[spans] = (int) gap;
      lengths[spans++] = 0;
    } else {
      for (long i = 0; i < gap; i++) {
        delta(0);
      }
    }
    delta(count);
    next = index + 1;
  }

  private void delta(long count) {
    if (deltaCount == deltas.length) {
      deltas = Arrays.copyOf(deltas, deltaCount * 2);
    }
    lengths[spans - 1]++;
    deltas[deltaCount++] = count - previous;
    previous = count;
  }

  /** Writes them as the fields of a Histogram message. */
  void write(int spansField, int deltasField, WireBuffer out) {
    for (int i = 0; i < spans; i++) {
      out.tag(spansField, 2);
      int from = out.size();
      out.tag(1, 0);
      out.zigzag(offsets[i]);
      out.tag(2, 0);
      out.varint(lengths[i]);
      out.frame(from);
    }
    if (deltaCount > 0) {
      out.tag(deltasField, 2);
      int from = out.size();
      for (int i = 0; i < deltaCount; i++) {
        out.zigzag(deltas[i]);
      }
      out.frame(from);
    }
  }
}
