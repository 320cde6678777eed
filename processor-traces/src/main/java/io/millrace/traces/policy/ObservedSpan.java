package io.millrace.traces.policy;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;

/**
 * What conditions look at: a span with its scope and resource, and, while the events are gone
 * through, one event. Also the times of its trace so far, the span included.
 */
final class ObservedSpan {

  private static final byte[] NONE = {};
  private static final int FIELD_1 = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int FIELD_3 = WireReader.tag(3, WireReader.LENGTH_DELIMITED);

  private final Attributes attributes = new Attributes(SpanCursor.ATTRIBUTE, 0);
  private final Attributes ofResource = new Attributes(FIELD_1, FIELD_1);
  private final Attributes ofScope = new Attributes(FIELD_3, FIELD_1);
  private final Attributes ofEvent = new Attributes(FIELD_3, 0);
  private final WireReader events = new WireReader(NONE, 3);

  private SpanCursor span = new SpanCursor();
  private SpanCondition.Property rootCondition = observed -> observed.span().isRoot();
  private int resource;
  private int scope;
  private long earliestStart;
  private long latestEnd;

  void over(SpanCursor cursor) {
    span = cursor;
    attributes.over(cursor.bytes(), cursor.attributesFrom(), cursor.attributesTo());
    if (resource != cursor.resourceOrdinal()) {
      resource = cursor.resourceOrdinal();
      ofResource.over(cursor.bytes(), cursor.resourceSpansFrom(), cursor.resourceSpansTo());
    }
    if (scope != cursor.scopeOrdinal()) {
      scope = cursor.scopeOrdinal();
      ofScope.over(cursor.bytes(), cursor.scopeSpansFrom(), cursor.scopeSpansTo());
    }
  }

  void rootIf(SpanCondition.Property condition) {
    rootCondition = condition;
  }

  /** Whether it is the root of its trace, as the configuration tells roots. */
  boolean isRoot() throws MalformedOtlp {
    return rootCondition.of(this);
  }

  void times(long earliest, long latest) {
    earliestStart = earliest;
    latestEnd = latest;
  }

  void firstEvent() throws MalformedOtlp {
    events.over(span.bytes(), span.eventsFrom(), span.eventsTo());
  }

  /** Goes to the next event; false behind the last. */
  boolean nextEvent() throws MalformedOtlp {
    while (events.next()) {
      if (events.tag() == SpanCursor.EVENT) {
        ofEvent.over(span.bytes(), events.from(), events.end());
        return true;
      }
    }
    return false;
  }

  int eventFrom() {
    return events.from();
  }

  int eventTo() {
    return events.end();
  }

  SpanCursor span() {
    return span;
  }

  Attributes attributes() {
    return attributes;
  }

  Attributes ofResource() {
    return ofResource;
  }

  Attributes ofScope() {
    return ofScope;
  }

  Attributes ofEvent() {
    return ofEvent;
  }

  /** Of the trace, as the Collector sees it: 0 counts as not set. */
  long earliestStart() {
    return earliestStart;
  }

  long latestEnd() {
    return latestEnd;
  }
}
