package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import org.jspecify.annotations.Nullable;

/**
 * One type of data point: the delta that was read last, and the sum it is to be added to. A
 * register into which one after the other is read; what is not its business, such as exemplars, is
 * carried from the delta to the cumulative point as it is.
 */
abstract class PointSum {

  private static final int START_TAG = WireReader.tag(2, WireReader.FIXED64);
  private static final int TIME_TAG = WireReader.tag(3, WireReader.FIXED64);
  private static final int NO_RECORDED_VALUE = 1;
  private static final byte[] NOTHING = {};

  private final int attributesTag;
  private final int flagsField;
  private final int flagsTag;
  private final WireReader reader = new WireReader(NOTHING, 5);
  private final Hash128 attributesHash = new Hash128();
  private final WireWriter attributes = new WireWriter(256);
  private final WireWriter kept = new WireWriter(256);
  private long startNanos;
  private long timeNanos;
  private long flags;

  PointSum(int attributesField, int flagsField) {
    this.attributesTag = WireReader.tag(attributesField, WireReader.LENGTH_DELIMITED);
    this.flagsField = flagsField;
    this.flagsTag = WireReader.tag(flagsField, WireReader.VARINT);
  }

  /** Reads the delta in {@code [from, to)}. */
  final void read(byte[] source, int from, int to) throws MalformedOtlp {
    attributesHash.clear();
    attributes.truncate(0);
    kept.truncate(0);
    startNanos = 0;
    timeNanos = 0;
    flags = 0;
    clear();
    reader.over(source, from, to);
    while (reader.next()) {
      int tag = reader.tag();
      if (tag == attributesTag) {
        attributesHash.addToSet(source, reader.from(), reader.end());
        attributes.copy(source, reader.start(), reader.end());
      } else if (tag == TIME_TAG) {
        timeNanos = reader.value();
      } else if (tag == START_TAG) {
        startNanos = reader.value();
      } else if (tag == flagsTag) {
        flags = reader.value();
      } else if (!take(source, reader)) {
        kept.copy(source, reader.start(), reader.end());
      }
    }
  }

  /** Forgets the delta before another is read. */
  abstract void clear();

  /** Takes the field just read if it is one that is summed. */
  abstract boolean take(byte[] source, WireReader field) throws MalformedOtlp;

  /** Says the delta something that can be summed? */
  abstract boolean isValid();

  /** Reads the sum. */
  abstract void load(StateReader state);

  /** Adds the delta to the sum; or says why that cannot be, and then the sum is of no use. */
  abstract @Nullable Reset add();

  /** The delta is the sum. */
  abstract void restart();

  /** Writes the sum as {@link #load} reads it. */
  abstract void save(WireWriter state);

  /** Writes the fields of the sum. */
  abstract void writeValue(WireWriter out);

  /** Bytes that an end of the series must repeat and that seldom change: bounds, or nothing. */
  WireWriter extra() {
    return NO_EXTRA;
  }

  /** Writes what tells a backend which series have ended with the sum that was loaded. */
  void writeEnd(WireWriter out, byte[] source, int extraFrom, int extraTo) throws MalformedOtlp {}

  private static final WireWriter NO_EXTRA = new WireWriter(0);

  final Hash128 attributesHash() {
    return attributesHash;
  }

  final WireWriter attributes() {
    return attributes;
  }

  /** 0 if it is not known. */
  final long startNanos() {
    return startNanos;
  }

  final long timeNanos() {
    return timeNanos;
  }

  /** The series has ended: the point has no value. */
  final boolean isEnd() {
    return (flags & NO_RECORDED_VALUE) != 0;
  }

  final void writePoint(WireWriter out, long start) {
    out.copy(attributes.bytes(), 0, attributes.size());
    writeTimes(out, start, timeNanos);
    writeValue(out);
    out.copy(kept.bytes(), 0, kept.size());
    writeFlags(out, flags);
  }

  /**
   * Writes a point without a value.
   *
   * @param identity attributes and extra bytes, of which the first {@code attributesTo} are
   *     attributes
   */
  final void writeEnd(
      WireWriter out, byte[] identity, int from, int attributesTo, long start, long time)
      throws MalformedOtlp {
    out.copy(identity, from, attributesTo);
    writeTimes(out, start, time);
    writeEnd(out, identity, attributesTo, identity.length);
    writeFlags(out, NO_RECORDED_VALUE);
  }

  private static void writeTimes(WireWriter out, long start, long time) {
    if (start != 0) {
      fixed64(out, 2, start);
    }
    fixed64(out, 3, time);
  }

  private void writeFlags(WireWriter out, long value) {
    if (value != 0) {
      out.tag(flagsField, WireReader.VARINT);
      out.varint(value);
    }
  }

  static void fixed64(WireWriter out, int field, long value) {
    out.tag(field, WireReader.FIXED64);
    out.fixed(value, Long.BYTES);
  }

  static void float64(WireWriter out, int field, double value) {
    fixed64(out, field, Double.doubleToRawLongBits(value));
  }
}
