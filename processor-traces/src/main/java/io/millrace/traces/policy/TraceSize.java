package io.millrace.traces.policy;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;

/**
 * Size of a trace in bytes, as the Collector counts it: of a message that holds the trace's spans
 * as they came, each part of a record under a copy of its resource and scope, without schema URLs.
 *
 * <p>Three words of a summary: the bytes of all finished ResourceSpans; ordinal and length of the
 * one that spans are being added to; ordinal and length of its ScopeSpans. So the size is right
 * even if the spans of several traces alternate in a record.
 */
final class TraceSize {

  static final int WORDS = 3;

  private static final byte[] NONE = {};
  private static final int FIELD_1 = WireReader.tag(1, WireReader.LENGTH_DELIMITED);

  private final int word;
  private final WireReader reader = new WireReader(NONE, 1);
  private int resource;
  private int resourceFieldBytes;
  private int scope;
  private int scopeFieldBytes;

  TraceSize(int word) {
    this.word = word;
  }

  void add(SpanCursor span, long[] summary, int offset) throws MalformedOtlp {
    int at = offset + word;
    if (ordinal(summary[at + 2]) != span.scopeOrdinal()) {
      if (ordinal(summary[at + 1]) == span.resourceOrdinal()) {
        summary[at + 1] += framed(length(summary[at + 2]));
      } else {
        summary[at] += open(summary, at);
        summary[at + 1] = packed(span.resourceOrdinal(), resourceFieldBytes(span));
      }
      summary[at + 2] = packed(span.scopeOrdinal(), scopeFieldBytes(span));
    }
    summary[at + 2] += span.to() - span.fieldStart();
  }

  long of(long[] summary, int offset) {
    int at = offset + word;
    return summary[at] + open(summary, at);
  }

  private static long open(long[] summary, int at) {
    if (ordinal(summary[at + 1]) == 0) {
      return 0;
    }
    return framed(length(summary[at + 1]) + framed(length(summary[at + 2])));
  }

  private static long packed(int ordinal, int length) {
    return (long) ordinal << 32 | length;
  }

  private static int ordinal(long packed) {
    return (int) (packed >>> 32);
  }

  private static long length(long packed) {
    return packed & 0xffffffffL;
  }

  /** With a tag of one byte and the length before it. */
  private static long framed(long length) {
    return 1 + (70 - Long.numberOfLeadingZeros(length | 1)) / 7 + length;
  }

  private int resourceFieldBytes(SpanCursor span) throws MalformedOtlp {
    if (resource != span.resourceOrdinal()) {
      resource = span.resourceOrdinal();
      resourceFieldBytes =
          firstFieldBytes(span.bytes(), span.resourceSpansFrom(), span.resourceSpansTo());
    }
    return resourceFieldBytes;
  }

  private int scopeFieldBytes(SpanCursor span) throws MalformedOtlp {
    if (scope != span.scopeOrdinal()) {
      scope = span.scopeOrdinal();
      scopeFieldBytes = firstFieldBytes(span.bytes(), span.scopeSpansFrom(), span.scopeSpansTo());
    }
    return scopeFieldBytes;
  }

  /** Resource and scope are field 1 of the message around them. */
  private int firstFieldBytes(byte[] bytes, int from, int to) throws MalformedOtlp {
    int sum = 0;
    reader.over(bytes, from, to);
    while (reader.next()) {
      sum += reader.tag() == FIELD_1 ? reader.end() - reader.start() : 0;
    }
    return sum;
  }
}
