package io.millrace.otlp;

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Counts items, and copies some of them out, without decoding them. */
public final class OtlpItems {

  private OtlpItems() {}

  /**
   * Number of spans, data points or log records of an encoded Export*ServiceRequest, those a
   * splitter would refuse included.
   *
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static int count(Signal signal, byte[] request) throws MalformedOtlp {
    Levels levels = Levels.of(signal);
    WireReader[] readers = new WireReader[levels.lowest() + 1];
    for (int level = 0; level < readers.length; level++) {
      readers[level] = new WireReader(request, level);
    }
    return count(levels, readers, 0, 0, request.length);
  }

  /** As {@link Outline} finds them, without noting where. */
  private static int count(Levels levels, WireReader[] readers, int level, int from, int to)
      throws MalformedOtlp {
    int member =
        levels.isOneof(level) ? Outline.lastMember(levels, readers[level], level, from, to) : 0;
    int count = 0;
    WireReader reader = readers[level].over(from, to);
    while (reader.next()) {
      if (levels.isChild(level, reader) && (member == 0 || reader.field() == member)) {
        count +=
            level == levels.lowest()
                ? 1
                : count(levels, readers, level + 1, reader.from(), reader.end());
      }
    }
    return count;
  }

  /**
   * A request with a run of the items, in request order, and the containers they stand in; all of
   * them are the request itself.
   *
   * @param from number of the first item
   * @param to number behind the last; more than {@code from}, at most the count
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static byte[] slice(Signal signal, byte[] request, int from, int to) throws MalformedOtlp {
    return only(signal, request, IntStream.range(from, to).toArray());
  }

  /**
   * A request with some of the items, in request order, and the containers they stand in; all of
   * them are the request itself.
   *
   * @param items numbers, ascending; 1 or more
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static byte[] only(Signal signal, byte[] request, int[] items) throws MalformedOtlp {
    return only(Outline.of(request, Levels.of(signal)), items);
  }

  static byte[] only(Outline outline, int[] items) {
    Objects.checkIndex(items[items.length - 1], outline.items());
    if (items.length == outline.items()) {
      return outline.request();
    }
    PieceSize size = new PieceSize(outline);
    for (int item : items) {
      size.add(item);
    }
    return new PieceWriter(outline).write(items, 0, items.length, size.total());
  }

  /**
   * The {@code service.name} of each resource that has one.
   *
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static Set<String> services(Signal signal, byte[] request) throws MalformedOtlp {
    Outline outline = Outline.of(request, Levels.of(signal));
    Set<String> services = new TreeSet<>();
    for (int item = 0; item < outline.items(); item++) {
      services.add(ItemName.serviceName(outline, item));
    }
    services.remove("");
    return services;
  }
}
