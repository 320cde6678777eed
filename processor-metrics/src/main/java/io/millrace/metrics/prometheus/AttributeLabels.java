package io.millrace.metrics.prometheus;

import java.util.Arrays;

/**
 * Labels made of attributes, sorted by name. Several keys may become one name: then their values
 * are joined.
 */
final class AttributeLabels {

  private final LabelNames labelNames;

  private int size;
  private byte[][] names = new byte[16][];
  private byte[][] values = new byte[16][];
  private int[] froms = new int[16];
  private int[] tos = new int[16];

  /** Which of the attributes it was. */
  private int[] places = new int[16];

  AttributeLabels(LabelNames labelNames) {
    this.labelNames = labelNames;
  }

  /** Takes attributes in the place of those before; false if no name can be made of a key. */
  boolean take(AttributeList attributes) {
    size = 0;
    for (int i = 0; i < attributes.size(); i++) {
      byte[] name = labelNames.of(attributes.source(), attributes.keyFrom(i), attributes.keyTo(i));
      if (name == null) {
        return false;
      }
      insert(name, attributes, i);
    }
    joinCollisions();
    return true;
  }

  int size() {
    return size;
  }

  byte[] name(int i) {
    return names[i];
  }

  byte[] value(int i) {
    return values[i];
  }

  int from(int i) {
    return froms[i];
  }

  int to(int i) {
    return tos[i];
  }

  boolean isEmpty(int i) {
    return froms[i] == tos[i];
  }

  private void insert(byte[] name, AttributeList attributes, int i) {
    if (size == names.length) {
      grow();
    }
    int at = size++;
    while (at > 0 && comesBefore(name, attributes, i, at - 1)) {
      move(at - 1, at);
      at--;
    }
    names[at] = name;
    values[at] = attributes.text(i);
    froms[at] = attributes.textFrom(i);
    tos[at] = attributes.textTo(i);
    places[at] = i;
  }

  /** By name; attributes of which the same name is made, by their keys. */
  private boolean comesBefore(byte[] name, AttributeList attributes, int i, int other) {
    int order = name == names[other] ? 0 : Arrays.compareUnsigned(name, names[other]);
    if (order != 0) {
      return order < 0;
    }
    byte[] source = attributes.source();
    int place = places[other];
    return Arrays.compareUnsigned(
            source,
            attributes.keyFrom(i),
            attributes.keyTo(i),
            source,
            attributes.keyFrom(place),
            attributes.keyTo(place))
        < 0;
  }

  /** By a semicolon, as specified; an empty value counts as none. */
  private void joinCollisions() {
    int last = 0;
    for (int i = 1; i < size; i++) {
      if (!Arrays.equals(names[last], names[i])) {
        move(i, ++last);
      } else if (isEmpty(last)) {
        move(i, last);
      } else {
        WireBuffer joined = new WireBuffer(64);
        joined.raw(values[last], froms[last], tos[last]);
        joined.put((byte) ';');
        joined.raw(values[i], froms[i], tos[i]);
        values[last] = joined.bytes();
        froms[last] = 0;
        tos[last] = joined.size();
      }
    }
    size = size == 0 ? 0 : last + 1;
  }

  private void move(int from, int to) {
    names[to] = names[from];
    values[to] = values[from];
    froms[to] = froms[from];
    tos[to] = tos[from];
    places[to] = places[from];
  }

  private void grow() {
    int capacity = size * 2;
    names = Arrays.copyOf(names, capacity);
    values = Arrays.copyOf(values, capacity);
    froms = Arrays.copyOf(froms, capacity);
    tos = Arrays.copyOf(tos, capacity);
    places = Arrays.copyOf(places, capacity);
  }
}
