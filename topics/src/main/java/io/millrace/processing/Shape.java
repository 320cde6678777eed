package io.millrace.processing;

import io.millrace.otlp.Signal;
import org.jspecify.annotations.Nullable;

/**
 * The messages of OTLP as far as processing goes into them: which of their fields hold what. All
 * else in them is bytes to copy.
 */
final class Shape {

  /** What a message is to processing. */
  enum Role {
    REQUEST,
    /** ResourceSpans, ResourceMetrics, ResourceLogs. */
    RESOURCE_GROUP,
    RESOURCE,
    /** ScopeSpans, ScopeMetrics, ScopeLogs. */
    SCOPE_GROUP,
    SCOPE,
    METRIC,
    /** Gauge, Sum, Histogram, ExponentialHistogram, Summary. */
    DATA,
    ITEM,
    /** A span's event or link, a data point's exemplar. */
    WITHIN_ITEM,
    KEY_VALUE,
    ANY_VALUE,
    /** ArrayValue or KeyValueList. */
    COLLECTION
  }

  /** Of Resource* and Scope*: the resource, the scope. */
  static final int HEADER_FIELD = 1;

  private static final Shape ANY_VALUE = new Shape(Role.ANY_VALUE, 0);
  private static final Shape KEY_VALUE = new Shape(Role.KEY_VALUE, 0).with(2, ANY_VALUE);

  static {
    ANY_VALUE.with(5, new Shape(Role.COLLECTION, 0).with(1, ANY_VALUE));
    ANY_VALUE.with(6, new Shape(Role.COLLECTION, 0).with(1, KEY_VALUE));
  }

  private static final Shape LOG_RECORD = holder(Role.ITEM, 6).with(5, ANY_VALUE);

  private static final Shape SPAN =
      holder(Role.ITEM, 9)
          .with(11, holder(Role.WITHIN_ITEM, 3))
          .with(13, holder(Role.WITHIN_ITEM, 4));

  private static final Shape EXEMPLAR = holder(Role.WITHIN_ITEM, 7);
  private static final Shape NUMBER = holder(Role.ITEM, 7).with(5, EXEMPLAR);
  private static final Shape HISTOGRAM = holder(Role.ITEM, 9).with(8, EXEMPLAR);
  private static final Shape EXPONENTIAL = holder(Role.ITEM, 1).with(11, EXEMPLAR);
  private static final Shape SUMMARY = holder(Role.ITEM, 7);

  /** Metadata of a metric is no one's attributes, but holds texts. */
  private static final Shape METRIC =
      new Shape(Role.METRIC, 0)
          .with(5, new Shape(Role.DATA, 0).with(1, NUMBER))
          .with(7, new Shape(Role.DATA, 0).with(1, NUMBER))
          .with(9, new Shape(Role.DATA, 0).with(1, HISTOGRAM))
          .with(10, new Shape(Role.DATA, 0).with(1, EXPONENTIAL))
          .with(11, new Shape(Role.DATA, 0).with(1, SUMMARY))
          .with(12, KEY_VALUE);

  private static final Shape TRACES = request(SPAN);
  private static final Shape METRICS = request(METRIC);
  private static final Shape LOGS = request(LOG_RECORD);

  final Role role;

  /** Field of its attributes, each a KeyValue; 0 if it has none. */
  final int attributes;

  private final Shape[] children = new Shape[16];

  private Shape(Role role, int attributes) {
    this.role = role;
    this.attributes = attributes;
  }

  private static Shape holder(Role role, int attributes) {
    return new Shape(role, attributes).with(attributes, KEY_VALUE);
  }

  private static Shape request(Shape withinScope) {
    Shape scopeGroup =
        new Shape(Role.SCOPE_GROUP, 0)
            .with(HEADER_FIELD, holder(Role.SCOPE, 3))
            .with(2, withinScope);
    Shape resourceGroup =
        new Shape(Role.RESOURCE_GROUP, 0)
            .with(HEADER_FIELD, holder(Role.RESOURCE, 1))
            .with(2, scopeGroup);
    return new Shape(Role.REQUEST, 0).with(1, resourceGroup);
  }

  private Shape with(int field, Shape child) {
    children[field] = child;
    return this;
  }

  static Shape of(Signal signal) {
    return switch (signal) {
      case TRACES -> TRACES;
      case METRICS -> METRICS;
      case LOGS -> LOGS;
    };
  }

  /** What a length-delimited field of the message holds; null if processing does not go there. */
  @Nullable Shape child(int field) {
    return field < children.length ? children[field] : null;
  }
}
