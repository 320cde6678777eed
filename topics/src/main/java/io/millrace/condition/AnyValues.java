package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps and lists of OTLP on the wire: KeyValueList and ArrayValue, both of which repeat field 1.
 */
final class AnyValues {

  private static final int ELEMENT_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int KEY_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int VALUE_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);

  private AnyValues() {}

  static int size(Value collection) throws MalformedOtlp {
    WireReader reader = over(collection, 0);
    int size = 0;
    while (reader.next()) {
      size += reader.tag() == ELEMENT_TAG ? 1 : 0;
    }
    return size;
  }

  /** Replaces a map by what stands at a key; false if it has no such key. */
  static boolean get(Value map, byte[] key) throws MalformedOtlp {
    return entry(map, key, 0, key.length, map);
  }

  /** Replaces a list by its element; false if it has no such element. */
  static boolean get(Value list, long index) throws MalformedOtlp {
    WireReader reader = over(list, 0);
    long at = 0;
    while (reader.next()) {
      if (reader.tag() == ELEMENT_TAG && at++ == index) {
        list.readAny(list.bytes(), reader.from(), reader.end());
        return true;
      }
    }
    return false;
  }

  static List<Value> elements(Value list) throws MalformedOtlp {
    List<Value> elements = new ArrayList<>();
    WireReader reader = over(list, 0);
    while (nextElement(reader)) {
      Value element = new Value();
      element.readAny(list.bytes(), reader.from(), reader.end());
      elements.add(element);
    }
    return elements;
  }

  static Map<String, Value> entries(Value map) throws MalformedOtlp {
    Map<String, Value> entries = new HashMap<>();
    WireReader reader = over(map, 0);
    while (nextElement(reader)) {
      Entry entry = Entry.read(map.bytes(), reader.from(), reader.end());
      Value value = new Value();
      value.readAny(map.bytes(), entry.valueFrom, entry.valueTo);
      int keyLength = entry.keyTo - entry.keyFrom;
      entries.put(new String(map.bytes(), entry.keyFrom, keyLength, UTF_8), value);
    }
    return entries;
  }

  static boolean equal(Value a, Value b) throws MalformedOtlp {
    return equal(a, b, 0);
  }

  private static boolean equal(Value a, Value b, int depth) throws MalformedOtlp {
    if (a.is(Value.Kind.LIST) && b.is(Value.Kind.LIST)) {
      return equalLists(a, b, depth);
    }
    if (a.is(Value.Kind.MAP) && b.is(Value.Kind.MAP)) {
      return equalMaps(a, b, depth);
    }
    return a.kind() == b.kind() && Comparison.EQUAL.holds(a, b);
  }

  private static boolean equalLists(Value a, Value b, int depth) throws MalformedOtlp {
    WireReader left = over(a, depth);
    WireReader right = over(b, depth);
    Value leftElement = new Value();
    Value rightElement = new Value();
    while (nextElement(left)) {
      if (!nextElement(right)) {
        return false;
      }
      leftElement.readAny(a.bytes(), left.from(), left.end());
      rightElement.readAny(b.bytes(), right.from(), right.end());
      if (!equal(leftElement, rightElement, depth + 1)) {
        return false;
      }
    }
    return !nextElement(right);
  }

  private static boolean equalMaps(Value a, Value b, int depth) throws MalformedOtlp {
    if (size(a) != size(b)) {
      return false;
    }
    WireReader entries = over(a, depth);
    Value left = new Value();
    Value right = new Value();
    while (nextElement(entries)) {
      Entry entry = Entry.read(a.bytes(), entries.from(), entries.end());
      left.readAny(a.bytes(), entry.valueFrom, entry.valueTo);
      if (!entry(b, a.bytes(), entry.keyFrom, entry.keyTo, right)
          || !equal(left, right, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean entry(Value map, byte[] key, int from, int to, Value into)
      throws MalformedOtlp {
    WireReader entries = over(map, 0);
    byte[] bytes = map.bytes();
    while (nextElement(entries)) {
      Entry entry = Entry.read(bytes, entries.from(), entries.end());
      if (Arrays.equals(bytes, entry.keyFrom, entry.keyTo, key, from, to)) {
        into.readAny(bytes, entry.valueFrom, entry.valueTo);
        return true;
      }
    }
    return false;
  }

  private static boolean nextElement(WireReader reader) throws MalformedOtlp {
    while (reader.next()) {
      if (reader.tag() == ELEMENT_TAG) {
        return true;
      }
    }
    return false;
  }

  private static WireReader over(Value collection, int depth) throws MalformedOtlp {
    return new WireReader(collection.bytes(), depth).over(collection.from(), collection.to());
  }

  /** Where key and value of a KeyValue lie. */
  private static final class Entry {

    private int keyFrom;
    private int keyTo;
    private int valueFrom;
    private int valueTo;

    private static Entry read(byte[] bytes, int from, int to) throws MalformedOtlp {
      Entry entry = new Entry();
      WireReader reader = new WireReader(bytes, 0).over(from, to);
      while (reader.next()) {
        if (reader.tag() == KEY_TAG) {
          entry.keyFrom = reader.from();
          entry.keyTo = reader.end();
        } else if (reader.tag() == VALUE_TAG) {
          entry.valueFrom = reader.from();
          entry.valueTo = reader.end();
        }
      }
      return entry;
    }
  }
}
