package io.millrace.otlp;

import java.util.stream.IntStream;

/**
 * The data points of one encoded ExportMetricsServiceRequest, divided into those of delta
 * temporality and all others. Reads down to the points, not into them; where they stand is noted
 * only if some are to be parted from others.
 */
public final class MetricRequest {

  private static final int DELTA = 1;
  private static final int TEMPORALITY_TAG = WireReader.tag(2, WireReader.VARINT);
  private static final Levels LEVELS = Levels.METRICS;

  /** Level of the message that holds the points. */
  private static final int DATA = LEVELS.lowest();

  /** Sum 7, Histogram 9, ExponentialHistogram 10: what has a temporality. */
  private static final int WITH_TEMPORALITY = 1 << 7 | 1 << 9 | 1 << 10;

  private final byte[] request;
  private final WireReader[] readers = new WireReader[DATA + 1];
  private int items;
  private int deltas;

  private MetricRequest(byte[] request) {
    this.request = request;
    for (int level = 0; level <= DATA; level++) {
      readers[level] = new WireReader(request, level);
    }
  }

  /**
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static MetricRequest of(byte[] request) throws MalformedOtlp {
    MetricRequest result = new MetricRequest(request);
    result.count(0, 0, request.length);
    return result;
  }

  private void count(int level, int from, int to) throws MalformedOtlp {
    if (LEVELS.isOneof(level)) {
      countData(level, from, to);
      return;
    }
    WireReader reader = readers[level].over(from, to);
    while (reader.next()) {
      if (LEVELS.isChild(level, reader)) {
        count(level + 1, reader.from(), reader.end());
      }
    }
  }

  /** Of the members of a metric the last one counts, merged of all there is of it. */
  private void countData(int level, int from, int to) throws MalformedOtlp {
    int member = Outline.lastMember(LEVELS, readers[level], level, from, to);
    int before = items;
    long temporality = 0;
    WireReader reader = readers[level].over(from, to);
    while (reader.next()) {
      if (LEVELS.isChild(level, reader) && reader.field() == member) {
        WireReader data = readers[DATA].over(reader.from(), reader.end());
        while (data.next()) {
          if (LEVELS.isChild(DATA, data)) {
            items++;
          } else if (data.tag() == TEMPORALITY_TAG) {
            temporality = data.value();
          }
        }
      }
    }
    if (temporality == DELTA && (WITH_TEMPORALITY >>> member & 1) != 0) {
      deltas += items - before;
    }
  }

  /** Number of data points. */
  public int items() {
    return items;
  }

  /** Number of those of delta temporality. */
  public int deltas() {
    return deltas;
  }

  /** A request with the points of delta temporality and what contains them; 1 or more. */
  public byte[] onlyDeltas() throws MalformedOtlp {
    return deltas == items ? request : only(true);
  }

  /** A request with all other points; empty if there are none. */
  public byte[] withoutDeltas() throws MalformedOtlp {
    if (deltas == items) {
      return new byte[0];
    }
    return deltas == 0 ? request : only(false);
  }

  private byte[] only(boolean wanted) throws MalformedOtlp {
    Outline outline = Outline.of(request, LEVELS);
    boolean[] isDelta = new boolean[items];
    int container = Outline.NONE;
    boolean delta = false;
    for (int item = 0; item < items; item++) {
      if (outline.container(item) != container) {
        container = outline.container(item);
        delta = isDelta(outline, container);
      }
      isDelta[item] = delta;
    }
    return OtlpItems.only(
        outline, IntStream.range(0, items).filter(i -> isDelta[i] == wanted).toArray());
  }

  private static boolean isDelta(Outline outline, int container) throws MalformedOtlp {
    if ((WITH_TEMPORALITY >>> outline.field(container) & 1) == 0) {
      return false;
    }
    long temporality = 0;
    WireReader envelope = new WireReader(outline.request(), DATA);
    for (int slice : outline.slices(container)) {
      envelope.over(outline.sliceStart(slice), outline.sliceEnd(slice));
      while (envelope.next()) { // of several the last one wins
        if (envelope.tag() == TEMPORALITY_TAG) {
          temporality = envelope.value();
        }
      }
    }
    return temporality == DELTA;
  }
}
