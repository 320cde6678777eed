package io.millrace.traces.policy;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.SpanRequest;
import io.millrace.otlp.WireReader;

/**
 * A walk over the spans of ExportTraceServiceRequests on the wire, one span at a time. What every
 * policy needs of a span is read as the walk comes to it; the rest is remembered as slices. It is
 * made once and used for record after record. One thread.
 */
public final class SpanCursor {

  private static final byte[] NONE = {};
  private static final int TRACE_ID_BYTES = 16;

  static final int RESOURCE_SPANS_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  static final int SCOPE_SPANS_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  static final int SPAN_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);

  private static final int TRACE_ID = 10;
  private static final int SPAN_ID = 18;
  private static final int TRACE_STATE = 26;
  private static final int PARENT_SPAN_ID = 34;
  private static final int NAME = 42;
  private static final int KIND = 48;
  private static final int START = 57;
  private static final int END = 65;
  static final int ATTRIBUTE = 74;
  private static final int DROPPED_ATTRIBUTES = 80;
  static final int EVENT = 90;
  private static final int DROPPED_EVENTS = 96;
  private static final int LINK = 106;
  private static final int DROPPED_LINKS = 112;
  private static final int STATUS = 122;
  private static final int FLAGS = 133;
  private static final int STATUS_CODE = 24;

  private final WireReader request = new WireReader(NONE, 0);
  private final WireReader resourceSpans = new WireReader(NONE, 1);
  private final WireReader scopeSpans = new WireReader(NONE, 2);
  private final WireReader span = new WireReader(NONE, 3);
  private final WireReader status = new WireReader(NONE, 4);

  private byte[] bytes = NONE;
  private int resourceOrdinal;
  private int scopeOrdinal;

  private long traceIdHi;
  private long traceIdLo;
  private int traceIds;
  private int traceIdFrom;
  private int traceIdTo;
  private long startNanos;
  private long endNanos;
  private int statusCode;
  private int statusFrom;
  private int statusTo;
  private int kind;
  private int flags;
  private int spanIdFrom;
  private int spanIdTo;
  private int parentFrom;
  private int parentTo;
  private int nameFrom;
  private int nameTo;
  private int traceStateFrom;
  private int traceStateTo;
  private int droppedAttributes;
  private int attributesFrom;
  private int attributesTo;
  private int events;
  private int eventsFrom;
  private int eventsTo;
  private int droppedEvents;
  private int links;
  private int droppedLinks;

  /** Starts over with a record's value. */
  public SpanCursor over(byte[] record) throws MalformedOtlp {
    return over(record, 0, record.length);
  }

  /** Starts over with a record's value that lies in {@code [from, to)} of an array. */
  public SpanCursor over(byte[] array, int from, int to) throws MalformedOtlp {
    bytes = array;
    request.over(array, from, to);
    resourceSpans.over(array, from, from);
    scopeSpans.over(array, from, from);
    return this;
  }

  /** Goes to the next span; false behind the last. */
  public boolean next() throws MalformedOtlp {
    do {
      while (scopeSpans.next()) {
        if (scopeSpans.tag() == SPAN_TAG) {
          read();
          return true;
        }
      }
    } while (nextScope());
    return false;
  }

  private boolean nextScope() throws MalformedOtlp {
    do {
      while (resourceSpans.next()) {
        if (resourceSpans.tag() == SCOPE_SPANS_TAG) {
          scopeSpans.over(bytes, resourceSpans.from(), resourceSpans.end());
          scopeOrdinal++;
          return true;
        }
      }
    } while (nextResource());
    return false;
  }

  private boolean nextResource() throws MalformedOtlp {
    while (request.next()) {
      if (request.tag() == RESOURCE_SPANS_TAG) {
        resourceSpans.over(bytes, request.from(), request.end());
        resourceOrdinal++;
        return true;
      }
    }
    return false;
  }

  private void read() throws MalformedOtlp {
    clear();
    WireReader field = span.over(bytes, scopeSpans.from(), scopeSpans.end());
    while (field.next()) {
      switch (field.tag()) {
        case TRACE_ID -> {
          traceIds++;
          traceIdFrom = field.from();
          traceIdTo = field.end();
        }
        case SPAN_ID -> {
          spanIdFrom = field.from();
          spanIdTo = field.end();
        }
        case TRACE_STATE -> {
          traceStateFrom = field.from();
          traceStateTo = field.end();
        }
        case PARENT_SPAN_ID -> {
          parentFrom = field.from();
          parentTo = field.end();
        }
        case NAME -> {
          nameFrom = field.from();
          nameTo = field.end();
        }
        case KIND -> kind = (int) field.value();
        case START -> startNanos = field.value();
        case END -> endNanos = field.value();
        case DROPPED_ATTRIBUTES -> droppedAttributes = (int) field.value();
        case ATTRIBUTE -> {
          attributesFrom = attributesTo == 0 ? field.start() : attributesFrom;
          attributesTo = field.end();
        }
        case EVENT -> {
          eventsFrom = events++ == 0 ? field.start() : eventsFrom;
          eventsTo = field.end();
        }
        case DROPPED_EVENTS -> droppedEvents = (int) field.value();
        case LINK -> links++;
        case DROPPED_LINKS -> droppedLinks = (int) field.value();
        case STATUS -> readStatus(field.from(), field.end());
        case FLAGS -> flags = (int) field.value();
        default -> {}
      }
    }
    readTraceId();
  }

  private void clear() {
    traceIds = traceIdFrom = traceIdTo = 0;
    startNanos = endNanos = 0;
    statusCode = statusFrom = statusTo = 0;
    kind = flags = 0;
    spanIdFrom = spanIdTo = parentFrom = parentTo = 0;
    nameFrom = nameTo = traceStateFrom = traceStateTo = 0;
    attributesFrom = attributesTo = eventsFrom = eventsTo = 0;
    droppedAttributes = events = droppedEvents = links = droppedLinks = 0;
  }

  private void readStatus(int from, int to) throws MalformedOtlp {
    statusFrom = from;
    statusTo = to;
    status.over(bytes, from, to);
    while (status.next()) {
      if (status.tag() == STATUS_CODE) {
        statusCode = (int) status.value();
      }
    }
  }

  private void readTraceId() {
    traceIdHi = 0;
    traceIdLo = 0;
    if (traceIdTo - traceIdFrom == TRACE_ID_BYTES) {
      traceIdHi = WireReader.idHalf(bytes, traceIdFrom);
      traceIdLo = WireReader.idHalf(bytes, traceIdFrom + Long.BYTES);
    }
  }

  /** First half of the trace id; both halves are 0 if the span has no trace id of 16 bytes. */
  public long traceIdHi() {
    return traceIdHi;
  }

  public long traceIdLo() {
    return traceIdLo;
  }

  /**
   * Whether the trace id, of 16 bytes, is the first field and there is no other: as every encoder
   * writes it, although protobuf does not ask for it.
   */
  public boolean startsWithTraceId() {
    return traceIds == 1
        && traceIdFrom == from() + SpanRequest.TRACE_ID_OFFSET
        && traceIdTo - traceIdFrom == TRACE_ID_BYTES;
  }

  /** The array the span lies in. */
  public byte[] bytes() {
    return bytes;
  }

  /** Offset of the span's field in its ScopeSpans, with tag and length. */
  public int fieldStart() {
    return scopeSpans.start();
  }

  /** Offset of the Span message. */
  public int from() {
    return scopeSpans.from();
  }

  /** Offset behind the Span message. */
  public int to() {
    return scopeSpans.end();
  }

  /** Offset of the ResourceSpans message the span is in. */
  public int resourceSpansFrom() {
    return request.from();
  }

  public int resourceSpansTo() {
    return request.end();
  }

  /** Offset of the ScopeSpans message the span is in. */
  public int scopeSpansFrom() {
    return resourceSpans.from();
  }

  public int scopeSpansTo() {
    return resourceSpans.end();
  }

  /** Another number for each ResourceSpans message; 0 for none. */
  public int resourceOrdinal() {
    return resourceOrdinal;
  }

  /** Another number for each ScopeSpans message; 0 for none. */
  public int scopeOrdinal() {
    return scopeOrdinal;
  }

  /** Start in nanoseconds since the epoch, unsigned; 0 if not set. */
  public long startNanos() {
    return startNanos;
  }

  public long endNanos() {
    return endNanos;
  }

  public int statusCode() {
    return statusCode;
  }

  public int kind() {
    return kind;
  }

  public int flags() {
    return flags;
  }

  /** Whether it is the root of its trace: it has no parent. */
  public boolean isRoot() {
    for (int i = parentFrom; i < parentTo; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Of the last Status field. */
  int statusFrom() {
    return statusFrom;
  }

  int statusTo() {
    return statusTo;
  }

  int traceIdFrom() {
    return traceIdFrom;
  }

  int traceIdTo() {
    return traceIdTo;
  }

  int spanIdFrom() {
    return spanIdFrom;
  }

  int spanIdTo() {
    return spanIdTo;
  }

  int parentFrom() {
    return parentFrom;
  }

  int parentTo() {
    return parentTo;
  }

  int nameFrom() {
    return nameFrom;
  }

  int nameTo() {
    return nameTo;
  }

  int traceStateFrom() {
    return traceStateFrom;
  }

  int traceStateTo() {
    return traceStateTo;
  }

  /** Of the fields from the first attribute to the last; other fields may stand between. */
  int attributesFrom() {
    return attributesFrom;
  }

  int attributesTo() {
    return attributesTo;
  }

  /** Likewise of the events. */
  int eventsFrom() {
    return eventsFrom;
  }

  int eventsTo() {
    return eventsTo;
  }

  int droppedAttributes() {
    return droppedAttributes;
  }

  int events() {
    return events;
  }

  int droppedEvents() {
    return droppedEvents;
  }

  int links() {
    return links;
  }

  int droppedLinks() {
    return droppedLinks;
  }
}
