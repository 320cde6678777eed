package io.millrace.otlp;

import java.util.stream.IntStream;

/**
 * The data points of one encoded ExportMetricsServiceRequest, divided into those of delta
 * temporality and all others. Reads down to the points, not into them.
 */
public final class MetricRequest {

  private static final int DELTA = 1;
  private static final int TEMPORALITY_TAG = WireReader.tag(2, WireReader.VARINT);

  /** Sum 7, Histogram 9, ExponentialHistogram 10: what has a temporality. */
  private static final int WITH_TEMPORALITY = 1 << 7 | 1 << 9 | 1 << 10;

  /** Depth of the message that holds the points. */
  private static final int DATA_DEPTH = 4;

  private final Outline outline;
  private final boolean[] isDelta;
  private final int deltas;

  private MetricRequest(Outline outline) throws MalformedOtlp {
    this.outline = outline;
    this.isDelta = new boolean[outline.items()];
    this.deltas = find();
  }

  /**
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static MetricRequest of(byte[] request) throws MalformedOtlp {
    return new MetricRequest(Outline.of(request, Levels.METRICS));
  }

  private int find() throws MalformedOtlp {
    int found = 0;
    int container = Outline.NONE;
    boolean delta = false;
    for (int item = 0; item < isDelta.length; item++) {
      if (outline.container(item) != container) {
        container = outline.container(item);
        delta = isDelta(container);
      }
      isDelta[item] = delta;
      found += delta ? 1 : 0;
    }
    return found;
  }

  private boolean isDelta(int container) throws MalformedOtlp {
    if ((WITH_TEMPORALITY >>> outline.field(container) & 1) == 0) {
      return false;
    }
    long temporality = 0;
    WireReader envelope = new WireReader(outline.request(), DATA_DEPTH);
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

  /** Number of data points. */
  public int items() {
    return isDelta.length;
  }

  /** Number of those of delta temporality. */
  public int deltas() {
    return deltas;
  }

  /** A request with the points of delta temporality and what contains them; 1 or more. */
  public byte[] onlyDeltas() {
    return only(true, deltas);
  }

  /** A request with all other points; empty if there are none. */
  public byte[] withoutDeltas() {
    return deltas == isDelta.length ? new byte[0] : only(false, isDelta.length - deltas);
  }

  private byte[] only(boolean delta, int count) {
    if (count == isDelta.length) {
      return outline.request();
    }
    return OtlpItems.only(
        outline, IntStream.range(0, isDelta.length).filter(i -> isDelta[i] == delta).toArray());
  }
}
