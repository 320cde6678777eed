package io.millrace.otlp;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A cursor over the fields of one protobuf message that is part of a larger array. {@link #next}
 * reads a whole field and skips its payload, so every field is checked as protobuf-java checks it.
 * Offsets in and out count from the start of the array.
 */
public final class WireReader {

  public static final int VARINT = 0;
  public static final int FIXED64 = 1;
  public static final int LENGTH_DELIMITED = 2;
  public static final int FIXED32 = 5;
  private static final int START_GROUP = 3;
  private static final int END_GROUP = 4;

  /** protobuf-java's default recursion limit: messages and groups within one another. */
  static final int MAX_DEPTH = 100;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, LITTLE_ENDIAN);
  private static final VarHandle ID_HALF =
      MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);

  private byte[] bytes;
  private final int depth;
  private int position;
  private int limit;
  private int start;
  private int tag;
  private int from;
  private long value;

  /**
   * @param depth how many messages enclose this one
   */
  public WireReader(byte[] bytes, int depth) {
    this.bytes = bytes;
    this.depth = depth;
  }

  /** Eight bytes of an id, the first of them the highest. */
  public static long idHalf(byte[] bytes, int from) {
    return (long) ID_HALF.get(bytes, from);
  }

  /** Starts over with the message that lies in {@code [from, to)} of another array. */
  public WireReader over(byte[] bytes, int from, int to) throws MalformedOtlp {
    this.bytes = bytes;
    return over(from, to);
  }

  /** The tag of a field, as {@link #tag} gives it. */
  public static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  /** Starts over with the message that lies in {@code [from, to)}. */
  public WireReader over(int from, int to) throws MalformedOtlp {
    position = from;
    limit = to;
    if (depth > MAX_DEPTH) {
      throw malformed(from, "messages nested deeper than " + MAX_DEPTH);
    }
    return this;
  }

  /** Reads one field; false at the end of the message. */
  public boolean next() throws MalformedOtlp {
    if (position == limit) {
      return false;
    }
    start = position;
    tag = readTag();
    skipPayload(tag, depth);
    return true;
  }

  /** Field number and wire type of the field just read. */
  public int tag() {
    return tag;
  }

  public int field() {
    return tag >>> 3;
  }

  public boolean isLengthDelimited() {
    return (tag & 7) == LENGTH_DELIMITED;
  }

  /** Offset of the tag of the field just read. */
  public int start() {
    return start;
  }

  /** Offset of the payload of a length-delimited field. */
  public int from() {
    return from;
  }

  /** Offset behind the field just read. */
  public int end() {
    return position;
  }

  /** Value of a varint field, or the bits of a fixed one. */
  public long value() {
    return value;
  }

  private int readTag() throws MalformedOtlp {
    int at = position;
    int first = bytes[position];
    int read;
    if (first >= 0) {
      position++;
      read = first;
    } else {
      read = (int) readVarint(); // protobuf-java drops what is above 32 bits, too
    }
    if (read >>> 3 == 0) {
      throw malformed(at, "field number 0 (expected: 1 to 536870911)");
    }
    return read;
  }

  private void skipPayload(int tag, int depth) throws MalformedOtlp {
    switch (tag & 7) {
      case VARINT -> value = readVarint();
      case FIXED64 -> value = readFixed(8);
      case LENGTH_DELIMITED -> skipLengthDelimited(tag);
      case START_GROUP -> skipGroup(tag >>> 3, depth + 1);
      case FIXED32 -> value = readFixed(4);
      case END_GROUP -> throw malformed(start, "end of group " + (tag >>> 3) + " without a start");
      default ->
          throw malformed(
              start, "wire type " + (tag & 7) + " of field " + (tag >>> 3) + " (expected: 0 to 5)");
    }
  }

  private void skipLengthDelimited(int tag) throws MalformedOtlp {
    int at = position;
    int length = (int) readVarint();
    if (length < 0 || length > limit - position) {
      throw malformed(
          at,
          "length %d of field %d runs past the end of its message at %d"
              .formatted(Integer.toUnsignedLong(length), tag >>> 3, limit));
    }
    from = position;
    position += length;
  }

  private void skipGroup(int field, int groupDepth) throws MalformedOtlp {
    if (groupDepth > MAX_DEPTH) {
      throw malformed(start, "groups nested deeper than " + MAX_DEPTH);
    }
    while (position < limit) {
      int at = position;
      int inner = readTag();
      if ((inner & 7) != END_GROUP) {
        skipPayload(inner, groupDepth);
      } else if (inner >>> 3 == field) {
        return;
      } else {
        throw malformed(at, "end of group " + (inner >>> 3) + " (expected: of " + field + ")");
      }
    }
    throw malformed(limit, "message ends within group " + field);
  }

  /** Most are one byte: lengths of texts, kinds, codes. */
  private long readVarint() throws MalformedOtlp {
    if (position < limit && bytes[position] >= 0) {
      return bytes[position++];
    }
    return readLongVarint();
  }

  private long readLongVarint() throws MalformedOtlp {
    int at = position;
    long result = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (position == limit) {
        throw malformed(at, "varint runs past the end of its message at " + limit);
      }
      byte next = bytes[position++];
      result |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return result;
      }
    }
    throw malformed(at, "varint longer than 10 bytes");
  }

  private long readFixed(int width) throws MalformedOtlp {
    if (width > limit - position) {
      throw malformed(
          position, "fixed" + width * 8 + " runs past the end of its message at " + limit);
    }
    int at = position;
    position += width;
    return width == Long.BYTES
        ? (long) LONG.get(bytes, at)
        : (int) INT.get(bytes, at) & 0xffffffffL;
  }

  private static MalformedOtlp malformed(int offset, String found) {
    return new MalformedOtlp("malformed OTLP at byte " + offset + ": " + found);
  }
}
