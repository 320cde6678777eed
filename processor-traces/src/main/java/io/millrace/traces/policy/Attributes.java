package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that policies ask for, of one span, event, scope or resource at a time. However
 * many policies ask, the attributes are walked once, when the first one does.
 */
final class Attributes {

  private static final byte[] NONE = {};
  private static final int KEY_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int VALUE_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int NO_KEY = -1;

  private final int attributeTag;
  private final int enclosingTag;
  private final WireReader enclosing = new WireReader(NONE, 1);
  private final WireReader message = new WireReader(NONE, 2);
  private final WireReader entry = new WireReader(NONE, 3);

  private final List<byte[]> keys = new ArrayList<>();
  private Value[] values = {};
  private boolean[] found = {};

  /** Open addressing: a slot, or {@link #NO_KEY}. */
  private int[] table = {NO_KEY};

  private byte[] bytes = NONE;
  private int from;
  private int to;
  private boolean walked;

  /**
   * @param attributeTag of the KeyValue fields
   * @param enclosingTag of the field they are within, 0 if they stand in the message itself
   */
  Attributes(int attributeTag, int enclosingTag) {
    this.attributeTag = attributeTag;
    this.enclosingTag = enclosingTag;
  }

  /** Asks for a key, before any message is read; gives the slot to {@link #get} its value by. */
  int slot(String key) {
    byte[] utf8 = key.getBytes(UTF_8);
    for (int slot = 0; slot < keys.size(); slot++) {
      if (Arrays.equals(keys.get(slot), utf8)) {
        return slot;
      }
    }
    keys.add(utf8);
    values = Arrays.copyOf(values, keys.size());
    values[keys.size() - 1] = new Value();
    found = new boolean[keys.size()];
    rebuild();
    return keys.size() - 1;
  }

  private void rebuild() {
    table = new int[Integer.highestOneBit(keys.size()) * 4];
    Arrays.fill(table, NO_KEY);
    for (int slot = 0; slot < keys.size(); slot++) {
      byte[] key = keys.get(slot);
      int at = place(key, 0, key.length);
      while (table[at] != NO_KEY) {
        at = at + 1 & table.length - 1;
      }
      table[at] = slot;
    }
  }

  private int place(byte[] source, int start, int end) {
    int length = end - start;
    int hash = length;
    if (length > 0) {
      hash = 31 * (31 * hash + source[end - 1]) + source[start + length / 2];
    }
    return (hash ^ hash >>> 4) & table.length - 1;
  }

  /** Turns to another message, without reading it. */
  void over(byte[] source, int start, int end) {
    bytes = source;
    from = start;
    to = end;
    walked = false;
  }

  /** The value of the first attribute with that key; null if there is none. */
  @Nullable Value get(int slot) throws MalformedOtlp {
    if (!walked) {
      walk();
    }
    return found[slot] ? values[slot] : null;
  }

  private void walk() throws MalformedOtlp {
    Arrays.fill(found, false);
    walked = true;
    if (enclosingTag == 0) {
      walk(from, to);
      return;
    }
    enclosing.over(bytes, from, to);
    while (enclosing.next()) {
      if (enclosing.tag() == enclosingTag) {
        walk(enclosing.from(), enclosing.end());
      }
    }
  }

  private void walk(int start, int end) throws MalformedOtlp {
    message.over(bytes, start, end);
    while (message.next()) {
      if (message.tag() == attributeTag) {
        read(message.from(), message.end());
      }
    }
  }

  /** Nearly every KeyValue is written key first, then value, each shorter than 128 bytes. */
  private void read(int start, int end) throws MalformedOtlp {
    int keyFrom = start + 2;
    int keyTo = keyFrom <= end && bytes[start] == KEY_TAG ? keyFrom + bytes[start + 1] : 0;
    boolean usual =
        keyTo >= keyFrom
            && keyTo + 2 <= end
            && bytes[keyTo] == VALUE_TAG
            && bytes[keyTo + 1] == end - keyTo - 2;
    if (usual) {
      keep(keyFrom, keyTo, keyTo + 2, end);
    } else {
      readUnusual(start, end);
    }
  }

  private void readUnusual(int start, int end) throws MalformedOtlp {
    entry.over(bytes, start, end);
    int keyFrom = 0;
    int keyTo = 0;
    int valueFrom = 0;
    int valueTo = 0;
    while (entry.next()) {
      if (entry.tag() == KEY_TAG) {
        keyFrom = entry.from();
        keyTo = entry.end();
      } else if (entry.tag() == VALUE_TAG) {
        valueFrom = entry.from();
        valueTo = entry.end();
      }
    }
    keep(keyFrom, keyTo, valueFrom, valueTo);
  }

  private void keep(int keyFrom, int keyTo, int valueFrom, int valueTo) throws MalformedOtlp {
    int slot = find(keyFrom, keyTo);
    if (slot != NO_KEY && !found[slot]) {
      found[slot] = true;
      values[slot].readAny(bytes, valueFrom, valueTo);
    }
  }

  private int find(int start, int end) {
    int at = place(bytes, start, end);
    while (table[at] != NO_KEY) {
      byte[] key = keys.get(table[at]);
      if (Arrays.equals(key, 0, key.length, bytes, start, end)) {
        return table[at];
      }
      at = at + 1 & table.length - 1;
    }
    return NO_KEY;
  }
}
