package io.millrace.condition;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;

/**
 * A register that holds one value of an expression while a condition is evaluated. Texts, bytes,
 * maps and lists are slices of the array they were read from, so filling a register allocates
 * nothing.
 */
public final class Value {

  /** The types of the language, as far as conditions can tell them apart. */
  public enum Kind {
    NIL,
    BOOL,
    INT,
    DOUBLE,
    /** UTF-8. */
    STRING,
    BYTES,
    /** A KeyValueList on the wire. */
    MAP,
    /** An ArrayValue on the wire. */
    LIST,
    /** Repeated messages, such as a span's events, of which only the number is known. */
    MESSAGES,
    TRACE_ID,
    SPAN_ID,
    /** Nanoseconds since the epoch. */
    TIME,
    /** Nanoseconds. */
    DURATION
  }

  private static final byte[] NONE = {};
  private static final int STRING_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int BOOL_TAG = WireReader.tag(2, WireReader.VARINT);
  private static final int INT_TAG = WireReader.tag(3, WireReader.VARINT);
  private static final int DOUBLE_TAG = WireReader.tag(4, WireReader.FIXED64);
  private static final int LIST_TAG = WireReader.tag(5, WireReader.LENGTH_DELIMITED);
  private static final int MAP_TAG = WireReader.tag(6, WireReader.LENGTH_DELIMITED);
  private static final int BYTES_TAG = WireReader.tag(7, WireReader.LENGTH_DELIMITED);
  private static final int STRING_INDEX_TAG = WireReader.tag(8, WireReader.VARINT);

  private final WireReader anyValue = new WireReader(NONE, 0);
  private Kind kind = Kind.NIL;
  private long bits;
  private byte[] bytes = NONE;
  private int from;
  private int to;

  /** Takes over the AnyValue that lies in {@code [from, to)}; an empty one is nil. */
  public void readAny(byte[] source, int start, int end) throws MalformedOtlp {
    setNil();
    anyValue.over(source, start, end);
    while (anyValue.next()) { // the last member of the oneof wins
      int tag = anyValue.tag();
      if (tag == STRING_TAG) {
        slice(Kind.STRING, source, anyValue.from(), anyValue.end());
      } else if (tag == BOOL_TAG) {
        number(Kind.BOOL, anyValue.value() == 0 ? 0 : 1);
      } else if (tag == INT_TAG) {
        number(Kind.INT, anyValue.value());
      } else if (tag == DOUBLE_TAG) {
        number(Kind.DOUBLE, anyValue.value());
      } else if (tag == LIST_TAG) {
        slice(Kind.LIST, source, anyValue.from(), anyValue.end());
      } else if (tag == MAP_TAG) {
        slice(Kind.MAP, source, anyValue.from(), anyValue.end());
      } else if (tag == BYTES_TAG) {
        slice(Kind.BYTES, source, anyValue.from(), anyValue.end());
      } else if (tag == STRING_INDEX_TAG) {
        setNil();
      }
    }
  }

  public void setNil() {
    kind = Kind.NIL;
  }

  public void setBool(boolean value) {
    number(Kind.BOOL, value ? 1 : 0);
  }

  public void setInt(long value) {
    number(Kind.INT, value);
  }

  public void setDouble(double value) {
    number(Kind.DOUBLE, Double.doubleToRawLongBits(value));
  }

  public void setString(byte[] source, int start, int end) {
    slice(Kind.STRING, source, start, end);
  }

  /**
   * @param kind one that is a number: TIME, DURATION, MESSAGES, or one of the above
   */
  public void number(Kind kind, long bits) {
    this.kind = kind;
    this.bits = bits;
  }

  /**
   * @param kind one that is a slice: STRING, BYTES, MAP, LIST, TRACE_ID, SPAN_ID
   */
  public void slice(Kind kind, byte[] source, int start, int end) {
    this.kind = kind;
    bytes = source;
    from = start;
    to = end;
  }

  public void set(Value other) {
    kind = other.kind;
    bits = other.bits;
    bytes = other.bytes;
    from = other.from;
    to = other.to;
  }

  public Kind kind() {
    return kind;
  }

  boolean is(Kind expected) {
    return kind == expected;
  }

  boolean isNumber() {
    return kind == Kind.INT || kind == Kind.DOUBLE;
  }

  public boolean bool() {
    return bits != 0;
  }

  /** Of an INT, TIME, DURATION or MESSAGES. */
  public long bits() {
    return bits;
  }

  /** Of an INT or a DOUBLE. */
  double number() {
    return kind == Kind.INT ? (double) bits : Double.longBitsToDouble(bits);
  }

  public byte[] bytes() {
    return bytes;
  }

  public int from() {
    return from;
  }

  public int to() {
    return to;
  }

  int length() {
    return to - from;
  }
}
