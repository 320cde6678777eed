package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** One OTLP KeyValue on the wire. Strings are not decoded. */
final class Attribute {

  private static final int RESOURCE_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int LIST_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int KEY_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int VALUE_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);

  /** By the bytes of the key, unsigned. */
  static final Comparator<Attribute> BY_KEY =
      (left, right) ->
          Arrays.compareUnsigned(
              left.bytes, left.keyFrom, left.keyTo, right.bytes, right.keyFrom, right.keyTo);

  private final byte[] bytes;
  private final WireValue value = new WireValue();
  private int keyFrom;
  private int keyTo;

  private Attribute(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Those of the resource of a resource container, in request order. */
  static List<Attribute> ofResource(Outline outline, int container) throws MalformedOtlp {
    List<Attribute> result = new ArrayList<>();
    WireReader envelope = new WireReader(outline.request(), 1);
    for (int slice : outline.slices(container)) {
      envelope.over(outline.sliceStart(slice), outline.sliceEnd(slice));
      while (envelope.next()) {
        if (envelope.tag() == RESOURCE_TAG) {
          addAll(outline.request(), 2, envelope.from(), envelope.end(), result);
        }
      }
    }
    return result;
  }

  /** Those of a message whose field 1 they are: Resource, KeyValueList. */
  static List<Attribute> ofList(byte[] bytes, int depth, int from, int to) throws MalformedOtlp {
    List<Attribute> result = new ArrayList<>();
    addAll(bytes, depth, from, to, result);
    return result;
  }

  private static void addAll(byte[] bytes, int depth, int from, int to, List<Attribute> result)
      throws MalformedOtlp {
    WireReader list = new WireReader(bytes, depth).over(from, to);
    WireReader entry = new WireReader(bytes, depth + 1);
    WireReader value = new WireReader(bytes, depth + 2);
    while (list.next()) {
      if (list.tag() == LIST_TAG) {
        Attribute attribute = new Attribute(bytes);
        attribute.read(entry.over(list.from(), list.end()), value);
        result.add(attribute);
      }
    }
  }

  private void read(WireReader entry, WireReader anyValue) throws MalformedOtlp {
    while (entry.next()) {
      if (entry.tag() == KEY_TAG) {
        keyFrom = entry.from();
        keyTo = entry.end();
      } else if (entry.tag() == VALUE_TAG) {
        value.read(anyValue.over(entry.from(), entry.end()));
      }
    }
  }

  int keyFrom() {
    return keyFrom;
  }

  int keyTo() {
    return keyTo;
  }

  boolean hasKey(byte[] key) {
    return Arrays.equals(bytes, keyFrom, keyTo, key, 0, key.length);
  }

  WireValue value() {
    return value;
  }

  /** The value if it is a string. */
  String text() {
    return value.kind() == WireValue.Kind.STRING
        ? new String(bytes, value.from(), value.to() - value.from(), UTF_8)
        : "";
  }
}
