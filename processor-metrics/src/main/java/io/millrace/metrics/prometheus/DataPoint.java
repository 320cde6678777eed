package io.millrace.metrics.prometheus;

import io.millrace.otlp.WireReader;

/**
 * What data points of all types have: times, flags, and where the attributes lie. The register into
 * which one after the other is read.
 */
final class DataPoint {

  /** Tells Prometheus that a series has ended; a NaN of its own. */
  static final long STALE = 0x7ff0_0000_0000_0002L;

  private static final int START = WireReader.tag(2, WireReader.FIXED64);
  private static final int TIME = WireReader.tag(3, WireReader.FIXED64);
  private static final long NO_RECORDED_VALUE = 1;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final int attributesTag;
  private final int flagsTag;
  private final int exemplarsTag;

  byte[] source = {};
  int from;
  int to;
  private int attributesFrom;
  private int attributesTo;
  private boolean attributesTogether;
  private long startNanos;
  private long timeNanos;
  private long flags;
  private int exemplars;

  DataPoint(int attributesField, int flagsField, int exemplarsField) {
    attributesTag = WireReader.tag(attributesField, WireReader.LENGTH_DELIMITED);
    flagsTag = WireReader.tag(flagsField, WireReader.VARINT);
    exemplarsTag = WireReader.tag(exemplarsField, WireReader.LENGTH_DELIMITED);
  }

  void start(byte[] bytes, int start, int end) {
    source = bytes;
    from = start;
    to = end;
    attributesFrom = 0;
    attributesTo = 0;
    attributesTogether = true;
    startNanos = 0;
    timeNanos = 0;
    flags = 0;
    exemplars = 0;
  }

  /** Takes the field just read if it is one that all types have. */
  boolean take(WireReader reader) {
    int tag = reader.tag();
    if (tag == attributesTag) {
      if (attributesTo == 0) {
        attributesFrom = reader.start();
      } else {
        attributesTogether &= attributesTo == reader.start();
      }
      attributesTo = reader.end();
    } else if (tag == TIME) {
      timeNanos = reader.value();
    } else if (tag == START) {
      startNanos = reader.value();
    } else if (tag == flagsTag) {
      flags = reader.value();
    } else if (tag == exemplarsTag) {
      exemplars++;
    } else {
      return false;
    }
    return true;
  }

  /** Do the attributes lie in {@code [attributesFrom, attributesTo)} with nothing between them? */
  boolean attributesTogether() {
    return attributesTogether;
  }

  int attributesFrom() {
    return attributesFrom;
  }

  int attributesTo() {
    return attributesTo;
  }

  int attributesTag() {
    return attributesTag;
  }

  int exemplarsTag() {
    return exemplarsTag;
  }

  boolean hasExemplars() {
    return exemplars > 0;
  }

  /** The stream has ended: the value stands for nothing. */
  boolean isStale() {
    return (flags & NO_RECORDED_VALUE) != 0;
  }

  long timeNanos() {
    return timeNanos;
  }

  long millis() {
    return timeNanos / NANOS_PER_MILLI;
  }

  /** 0 if it is not known. */
  long startMillis() {
    return startNanos / NANOS_PER_MILLI;
  }

  static long millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }
}
