package io.millrace.otlp;

/** One OTLP AnyValue on the wire, unread beyond its own fields. */
final class WireValue {

  /** Field numbers of AnyValue. A value of any other kind counts as empty. */
  enum Kind {
    EMPTY,
    STRING,
    BOOL,
    INT,
    DOUBLE,
    ARRAY,
    MAP,
    BYTES
  }

  private static final Kind[] KINDS = Kind.values();

  private static final int[] WIRE_TYPES = {
    -1,
    WireReader.LENGTH_DELIMITED,
    WireReader.VARINT,
    WireReader.VARINT,
    WireReader.FIXED64,
    WireReader.LENGTH_DELIMITED,
    WireReader.LENGTH_DELIMITED,
    WireReader.LENGTH_DELIMITED
  };

  private static final int STRING_INDEX_TAG = WireReader.tag(8, WireReader.VARINT);

  private Kind kind = Kind.EMPTY;
  private long bits;
  private int from;
  private int to;

  /** Takes the value over that the message has; the last member of the oneof wins. */
  void read(WireReader reader) throws MalformedOtlp {
    while (reader.next()) {
      int field = reader.field();
      if (field < KINDS.length && reader.tag() == WireReader.tag(field, WIRE_TYPES[field])) {
        kind = KINDS[field];
        bits = reader.value();
        from = reader.from();
        to = reader.end();
      } else if (reader.tag() == STRING_INDEX_TAG) {
        kind = Kind.EMPTY;
      }
    }
  }

  Kind kind() {
    return kind;
  }

  /** Of a bool, an int or a double. */
  long bits() {
    return bits;
  }

  /** Of a string, bytes, an array or a map. */
  int from() {
    return from;
  }

  int to() {
    return to;
  }
}
