package io.millrace.otlp;

import org.jspecify.annotations.Nullable;

/**
 * The spans of one encoded ExportTraceServiceRequest, numbered in request order, and copies of it
 * that hold only some of them. The first pass reads tags and lengths down to the spans; a span's
 * own fields are read when it is asked for. Not for several threads at once.
 */
public final class SpanRequest {

  /** Where the bytes of a trace id stand in a span that begins with it: behind tag and length. */
  public static final int TRACE_ID_OFFSET = 2;

  private static final int TRACE_ID_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int TRACE_STATE_TAG = WireReader.tag(3, WireReader.LENGTH_DELIMITED);
  private static final int TRACE_ID_BYTES = 16;

  private final Outline outline;
  private final int items;
  private long idHigh;
  private long idLow;
  private int traceStateFrom;
  private int traceStateTo;

  private SpanRequest(Outline outline) {
    this.outline = outline;
    this.items = outline.items();
  }

  /**
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static SpanRequest of(byte[] request) throws MalformedOtlp {
    return new SpanRequest(Outline.of(request, Levels.of(Signal.TRACES)));
  }

  public byte[] bytes() {
    return outline.request();
  }

  public int spans() {
    return items;
  }

  /** Number of the ResourceSpans a span stands in; equal numbers are the same. */
  public int resource(int span) {
    return outline.resource(outline.container(span));
  }

  /** Number of the ScopeSpans a span stands in. */
  public int scope(int span) {
    return outline.container(span);
  }

  /** Offset of a container's own tag in {@link #bytes}, of those {@link #scope} names. */
  public int containerStart(int container) {
    return outline.start(container);
  }

  /** Offset of a span's tag in {@link #bytes}. */
  public int start(int span) {
    return outline.itemStart(span);
  }

  /** Offset behind a span. */
  public int end(int span) {
    return outline.itemEnd(span);
  }

  /**
   * Reads the trace id of a span, for {@link #idHigh} and {@link #idLow}, and finds its tracestate.
   *
   * @return false if it has none of 16 bytes
   */
  public boolean readTraceId(int span) throws MalformedOtlp {
    WireReader field = outline.readItem(span);
    int from = 0;
    int length = 0;
    traceStateFrom = 0;
    traceStateTo = 0;
    while (field.next()) { // of several the last one wins
      if (field.tag() == TRACE_ID_TAG) {
        from = field.from();
        length = field.end() - from;
      } else if (field.tag() == TRACE_STATE_TAG) {
        traceStateFrom = field.from();
        traceStateTo = field.end();
      }
    }
    if (length != TRACE_ID_BYTES) {
      return false;
    }
    idHigh = WireReader.idHalf(bytes(), from);
    idLow = WireReader.idHalf(bytes(), from + Long.BYTES);
    return true;
  }

  /** The same for a span that is known to begin with its only trace id; finds no tracestate. */
  public void readFirstTraceId(int span) {
    int from = outline.bodyStart(span) + TRACE_ID_OFFSET;
    idHigh = WireReader.idHalf(bytes(), from);
    idLow = WireReader.idHalf(bytes(), from + Long.BYTES);
  }

  /** First eight bytes of the trace id last read. */
  public long idHigh() {
    return idHigh;
  }

  public long idLow() {
    return idLow;
  }

  /** Offset of the tracestate of the span read last; equal to {@link #traceStateTo} if none. */
  public int traceStateFrom() {
    return traceStateFrom;
  }

  public int traceStateTo() {
    return traceStateTo;
  }

  /**
   * A request with only some of the spans, and the containers they stand in.
   *
   * @param spans numbers, ascending in {@code [0, count)}; 1 or more
   */
  public byte[] only(int[] spans, int count) {
    if (count == items) {
      return outline.request();
    }
    PieceSize size = new PieceSize(outline);
    for (int i = 0; i < count; i++) {
      size.add(spans[i]);
    }
    return new PieceWriter(outline).write(spans, 0, count, size.total());
  }

  /**
   * The same, with more fields behind those of a span: in protobuf the last of a field wins, and
   * repeated ones add up.
   *
   * @param suffixes encoded fields for each of the spans; null for one to leave as it is
   */
  public byte[] only(int[] spans, int count, byte[] @Nullable [] suffixes) {
    if (isWithout(suffixes, count)) {
      return only(spans, count);
    }
    PieceSize size = new PieceSize(outline);
    for (int i = 0; i < count; i++) {
      byte[] suffix = suffixes[i];
      if (suffix == null) {
        size.add(spans[i]);
      } else {
        size.addWith(spans[i], suffix.length);
      }
    }
    return new PieceWriter(outline).write(spans, 0, count, size.total(), suffixes);
  }

  private static boolean isWithout(byte[] @Nullable [] suffixes, int count) {
    for (int i = 0; i < count; i++) {
      if (suffixes[i] != null) {
        return false;
      }
    }
    return true;
  }
}
