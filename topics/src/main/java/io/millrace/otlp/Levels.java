package io.millrace.otlp;

/**
 * How the items of a signal are nested: for each level of messages, from the request down to the
 * one that holds the items, the fields that lead further down. Everything else in those messages is
 * their envelope.
 */
enum Levels {
  /** ResourceSpans 1, ScopeSpans 2, Span 2. */
  TRACES(1 << 1, 1 << 2, 1 << 2),
  /**
   * ResourceMetrics 1, ScopeMetrics 2, Metric 2, gauge 5, sum 7, histogram 9, exponential histogram
   * 10 or summary 11, data point 1.
   */
  METRICS(1 << 1, 1 << 2, 1 << 2, 1 << 5 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 11, 1 << 1),
  /** ResourceLogs 1, ScopeLogs 2, LogRecord 2. */
  LOGS(1 << 1, 1 << 2, 1 << 2);

  /** Level of Metric, whose children exclude one another. */
  private static final int METRIC = 3;

  @SuppressWarnings("ImmutableEnumChecker") // filled here, never handed out
  private final int[] children;

  Levels(int... children) {
    this.children = children;
  }

  static Levels of(Signal signal) {
    return switch (signal) {
      case TRACES -> TRACES;
      case METRICS -> METRICS;
      case LOGS -> LOGS;
    };
  }

  /** The level whose children are the items; the request is level 0. */
  int lowest() {
    return children.length - 1;
  }

  boolean isChild(int level, WireReader field) {
    int number = field.field();
    return field.isLengthDelimited() && number < 32 && (children[level] >>> number & 1) != 0;
  }

  /** Whether children of different fields are members of one {@code oneof}. */
  boolean isOneof(int level) {
    return this == METRICS && level == METRIC;
  }
}
