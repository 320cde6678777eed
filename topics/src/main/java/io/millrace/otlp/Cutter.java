package io.millrace.otlp;

import io.millrace.otlp.Split.Piece;
import java.util.ArrayList;
import java.util.List;

/** Cuts one outlined request into record values: one per partition, more where one is too large. */
final class Cutter {

  private final Outline outline;
  private final int maxRecordBytes;
  private final Refusals refusals;
  private final PieceSize size;
  private final PieceSize alone;
  private final PieceWriter writer;
  private final List<Piece> pieces = new ArrayList<>();
  private long bytesLeft;

  Cutter(Outline outline, int maxRecordBytes, Refusals refusals) {
    this.outline = outline;
    this.maxRecordBytes = maxRecordBytes;
    this.refusals = refusals;
    this.size = new PieceSize(outline);
    this.alone = new PieceSize(outline);
    this.writer = new PieceWriter(outline);
    // Every record repeats the envelopes of what it holds: large ones around small items could make
    // gigabytes of a request. Real ones grow to a few times their size, small ones to a few
    // records.
    this.bytesLeft = 4L * outline.request().length + 8L * maxRecordBytes;
  }

  /**
   * @param partition of each item
   */
  List<Piece> cut(int[] partition, int partitions) throws MalformedOtlp {
    int[] ends = new int[partitions];
    int[] items = sort(partition, ends);
    int from = 0;
    for (int at = 0; at < partitions; at++) {
      if (from < ends[at]) {
        cut(at, items, from, ends[at]);
      }
      from = ends[at];
    }
    return pieces;
  }

  /** The items that are not refused, by partition, in request order within each. */
  private static int[] sort(int[] partition, int[] ends) {
    int kept = 0;
    for (int at : partition) {
      if (at != Partitioning.REFUSED) {
        ends[at]++;
        kept++;
      }
    }
    for (int at = 1; at < ends.length; at++) {
      ends[at] += ends[at - 1];
    }
    int[] next = ends.clone();
    int[] items = new int[kept];
    for (int item = partition.length - 1; item >= 0; item--) {
      if (partition[item] != Partitioning.REFUSED) {
        items[--next[partition[item]]] = item;
      }
    }
    return items;
  }

  private void cut(int partition, int[] items, int from, int to) throws MalformedOtlp {
    // No piece is longer than the request: it has less in it, in no longer frames.
    boolean mayExceed = outline.request().length > maxRecordBytes;
    int first = from;
    int end = from; // of the items that stay
    for (int i = from; i < to; i++) {
      int item = items[i];
      if (mayExceed && size.with(item) > maxRecordBytes) {
        int bytes = alone.with(item);
        if (bytes > maxRecordBytes) {
          refusals.tooLarge(item, bytes, maxRecordBytes);
          continue;
        }
        finish(partition, items, first, end);
        first = end;
      }
      size.add(item);
      items[end++] = item;
    }
    finish(partition, items, first, end);
  }

  private void finish(int partition, int[] items, int from, int to) throws MalformedOtlp {
    if (from == to) {
      return;
    }
    int bytes = size.total();
    size.clear();
    bytesLeft -= bytes;
    if (bytesLeft >= 0) {
      pieces.add(new Piece(partition, writer.write(items, from, to, bytes), to - from));
      return;
    }
    for (int i = from; i < to; i++) {
      refusals.tooMuchInAll(items[i]);
    }
  }
}
