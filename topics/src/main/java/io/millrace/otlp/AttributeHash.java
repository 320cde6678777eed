package io.millrace.otlp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The text the Collector's {@code pdatautil.MapHash} hashes: maps sorted by key at every depth,
 * each key and value behind a marker that no UTF-8 holds. Of a repeated key the first value counts,
 * once for each time the key is there.
 */
final class AttributeHash {

  private static final int END_OF_HASH_INPUT = 0xf3;
  private static final int KEY = 0xf4;
  private static final int EMPTY = 0xf5;
  private static final int BYTES = 0xf6;
  private static final int STRING = 0xf7;
  private static final int TRUE = 0xf8;
  private static final int FALSE = 0xf9;
  private static final int INT = 0xfa;
  private static final int DOUBLE = 0xfb;
  private static final int MAP = 0xfc;
  private static final int END_OF_MAP = 0xfd;
  private static final int ARRAY = 0xfe;
  private static final int END_OF_ARRAY = 0xff;

  /** Repeated keys within repeated keys could grow without end: beyond this they are left out. */
  private static final int MAX_WITH_REPEATED_KEYS = 1 << 20;

  private static final int ELEMENT_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);

  private final byte[] request;
  private final Text text = new Text();

  AttributeHash(byte[] request) {
    this.request = request;
  }

  /**
   * @param depth of the message that holds the attributes
   */
  AttributeHash addMap(List<Attribute> attributes, int depth) throws MalformedOtlp {
    List<Attribute> sorted = new ArrayList<>(attributes);
    sorted.sort(Attribute.BY_KEY); // stable: the first of equal keys stays first
    Attribute previous = null;
    int start = 0;
    int end = 0;
    for (Attribute attribute : sorted) {
      if (previous != null && Attribute.BY_KEY.compare(previous, attribute) == 0) {
        text.repeat(start, end);
        continue;
      }
      start = text.size();
      text.write(KEY);
      text.write(request, attribute.keyFrom(), attribute.keyTo() - attribute.keyFrom());
      addValue(attribute.value(), depth + 2);
      end = text.size();
      previous = attribute;
    }
    return this;
  }

  private void addValue(WireValue value, int depth) throws MalformedOtlp {
    switch (value.kind()) {
      case EMPTY -> text.write(EMPTY);
      case STRING -> addSlice(STRING, value);
      case BYTES -> addSlice(BYTES, value);
      case BOOL -> text.write(value.bits() != 0 ? TRUE : FALSE);
      case INT -> addNumber(INT, value.bits());
      case DOUBLE -> addNumber(DOUBLE, value.bits());
      case MAP -> {
        text.write(MAP);
        addMap(Attribute.ofList(request, depth + 1, value.from(), value.to()), depth + 1);
        text.write(END_OF_MAP);
      }
      case ARRAY -> {
        text.write(ARRAY);
        addElements(value, depth + 1);
        text.write(END_OF_ARRAY);
      }
    }
  }

  private void addElements(WireValue array, int depth) throws MalformedOtlp {
    WireReader elements = new WireReader(request, depth).over(array.from(), array.to());
    while (elements.next()) {
      if (elements.tag() == ELEMENT_TAG) {
        WireValue element = new WireValue();
        element.read(new WireReader(request, depth + 1).over(elements.from(), elements.end()));
        addValue(element, depth + 1);
      }
    }
  }

  private void addSlice(int marker, WireValue value) {
    text.write(marker);
    text.write(request, value.from(), value.to() - value.from());
  }

  private void addNumber(int marker, long bits) {
    text.write(marker);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      text.write((int) (bits >>> shift));
    }
  }

  /** Two halves, the second with one more byte of input; little-endian. */
  byte[] hash() {
    long first = text.hash();
    text.write(END_OF_HASH_INPUT);
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(first)
        .putLong(text.hash())
        .array();
  }

  private static final class Text extends ByteArrayOutputStream {

    Text() {
      super(512);
    }

    long hash() {
      return Xxh64.hash(buf, count);
    }

    void repeat(int from, int to) {
      if (count + to - from <= MAX_WITH_REPEATED_KEYS) {
        write(buf, from, to - from);
      }
    }
  }
}
