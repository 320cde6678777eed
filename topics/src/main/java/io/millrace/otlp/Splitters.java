package io.millrace.otlp;

import io.millrace.otlp.Split.Piece;
import java.util.List;

/**
 * The splitters of the three signals. Each reads a request down to its items, copies bytes and
 * makes no objects of spans, data points or log records.
 *
 * <p>A piece keeps resource, scope, schema URL, what a metric says of itself, and every unknown
 * field, also of the request, byte by byte around the items it holds. Containers that hold no item
 * carry no telemetry and are dropped when a request is cut: a resource without spans, a metric
 * without data points. They count nowhere. A request whose items all go to one partition and fit is
 * not cut but passed on as it is, the same array.
 *
 * <p>An item that alone, within what contains it, exceeds the limit is refused and the rest is
 * stored. All pieces together take at most four times the request and eight times the limit; items
 * that would need more, as only containers larger than their items can bring about, are refused.
 */
public final class Splitters {

  private Splitters() {}

  /**
   * By trace id. Spans whose trace id is not 16 bytes or all zero are refused, the rest is stored.
   */
  public static Splitter traces(Hasher hasher) {
    return splitter(Levels.TRACES, ByTraceId.ofSpans(hasher));
  }

  /** By the attributes of the resource. */
  public static Splitter metrics(Hasher hasher) {
    return splitter(Levels.METRICS, new ByResource(hasher));
  }

  /** By what {@code by} says. */
  public static Splitter logs(LogsPartitioning by, Hasher hasher) {
    return splitter(
        Levels.LOGS,
        switch (by) {
          case RESOURCE -> new ByResource(hasher);
          case TRACE_ID -> ByTraceId.ofLogRecords(hasher);
          case SPREAD -> new Spread();
        });
  }

  private static Splitter splitter(Levels levels, Partitioning partitioning) {
    return (request, partitions, maxRecordBytes) ->
        split(Outline.of(request, levels), partitioning, partitions, maxRecordBytes);
  }

  private static Split split(
      Outline outline, Partitioning partitioning, int partitions, int maxRecordBytes)
      throws MalformedOtlp {
    int[] partition = new int[outline.items()];
    Refusals refusals = new Refusals(outline);
    partitioning.assign(outline, partitions, partition, refusals);
    byte[] request = outline.request();
    if (isOne(partition) && request.length <= maxRecordBytes) {
      return new Split(List.of(new Piece(partition[0], request, partition.length)), List.of());
    }
    List<Piece> pieces = new Cutter(outline, maxRecordBytes, refusals).cut(partition, partitions);
    return new Split(pieces, refusals.list());
  }

  private static boolean isOne(int[] partition) {
    for (int at : partition) {
      if (at != partition[0]) {
        return false;
      }
    }
    return partition.length > 0 && partition[0] != Partitioning.REFUSED;
  }
}
