package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sorted labels of a data point, as Label messages of remote write 1.0, with the places
 * where the name and one more label, such as {@code le}, go.
 */
final class LabelWriter {

  private static final byte[] NAME = "__name__".getBytes(UTF_8);
  private static final byte[] SEMICOLON = {';'};

  private final ConversionConfig limits;
  private final LabelNames labelNames;

  private int size;
  private byte[][] names = new byte[16][];
  private byte[][] values = new byte[16][];
  private int[] froms = new int[16];
  private int[] tos = new int[16];

  /** The labels but for name and extra. */
  private final WireBuffer base = new WireBuffer(1 << 10);

  private int count;
  private int namePlace;
  private int extraFrom;
  private int extraTo;
  private boolean withinLimits;
  private boolean isUtf8;

  LabelWriter(ConversionConfig limits, LabelNames labelNames) {
    this.limits = limits;
    this.labelNames = labelNames;
  }

  /**
   * Takes attributes as labels, and labels that all points of a scope have.
   *
   * @param extra name of the label that is given later and replaces any of that name, or null
   * @return why no labels can be made of them, or null
   */
  @Nullable Unconvertible take(
      AttributeList attributes, FixedLabels fixed, byte @Nullable [] extra) {
    size = 0;
    for (int i = 0; i < attributes.size(); i++) {
      byte[] name = labelNames.of(attributes.source(), attributes.keyFrom(i), attributes.keyTo(i));
      if (name == null) {
        return Unconvertible.LABEL_NAME;
      }
      insert(name, attributes, i);
    }
    joinCollisions();
    return merge(fixed, extra);
  }

  /** Sorted by name; attributes of which the same name is made, by their keys. */
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
    keys[at] = i;
  }

  private int[] keys = new int[16];

  private boolean comesBefore(byte[] name, AttributeList attributes, int i, int other) {
    int order = name == names[other] ? 0 : Arrays.compareUnsigned(name, names[other]);
    if (order != 0) {
      return order < 0;
    }
    int key = keys[other];
    return Arrays.compareUnsigned(
            attributes.source(),
            attributes.keyFrom(i),
            attributes.keyTo(i),
            attributes.source(),
            attributes.keyFrom(key),
            attributes.keyTo(key))
        < 0;
  }

  private void move(int from, int to) {
    names[to] = names[from];
    values[to] = values[from];
    froms[to] = froms[from];
    tos[to] = tos[from];
    keys[to] = keys[from];
  }

  private void grow() {
    int capacity = size * 2;
    names = Arrays.copyOf(names, capacity);
    values = Arrays.copyOf(values, capacity);
    froms = Arrays.copyOf(froms, capacity);
    tos = Arrays.copyOf(tos, capacity);
    keys = Arrays.copyOf(keys, capacity);
  }

  /** Values of attributes that became one label are joined by a semicolon, as specified. */
  private void joinCollisions() {
    int last = 0;
    for (int i = 1; i < size; i++) {
      if (!Arrays.equals(names[last], names[i])) {
        move(i, ++last);
      } else if (froms[last] == tos[last]) {
        move(i, last);
      } else {
        WireBuffer joined = new WireBuffer(64);
        joined.raw(values[last], froms[last], tos[last]);
        joined.raw(SEMICOLON);
        joined.raw(values[i], froms[i], tos[i]);
        values[last] = joined.bytes();
        froms[last] = 0;
        tos[last] = joined.size();
      }
    }
    size = size == 0 ? 0 : last + 1;
  }

  private @Nullable Unconvertible merge(FixedLabels fixed, byte @Nullable [] extra) {
    base.clear();
    count = 1;
    namePlace = -1;
    extraFrom = -1;
    extraTo = -1;
    withinLimits = true;
    isUtf8 = true;
    int i = 0;
    int j = 0;
    while (i < size || j < fixed.names.length) {
      int order =
          i == size
              ? 1
              : j == fixed.names.length ? -1 : Arrays.compareUnsigned(names[i], fixed.names[j]);
      if (order > 0 || (order == 0 && (fixed.wins[j] || froms[i] == tos[i]))) {
        write(fixed.names[j], fixed.values[j], 0, fixed.values[j].length, extra);
      } else {
        write(names[i], values[i], froms[i], tos[i], extra);
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    namePlace = namePlace < 0 ? base.size() : namePlace;
    extraFrom = extraFrom < 0 ? base.size() : extraFrom;
    extraTo = extraTo < 0 ? extraFrom : extraTo;
    if (!isUtf8) {
      return Unconvertible.INVALID_UTF8;
    }
    return withinLimits ? null : Unconvertible.LABEL_LIMIT;
  }

  /** A label without a value is none; the name has its own way in. */
  private void write(byte[] name, byte[] value, int from, int to, byte @Nullable [] extra) {
    if (from == to || Arrays.equals(name, NAME)) {
      return;
    }
    if (namePlace < 0 && Arrays.compareUnsigned(name, NAME) > 0) {
      namePlace = base.size();
    }
    int order = extra == null || extraFrom >= 0 ? -1 : Arrays.compareUnsigned(name, extra);
    if (order >= 0) {
      extraFrom = base.size();
    }
    label(base, name, value, from, to);
    if (order == 0) {
      extraTo = base.size();
    }
    count++;
    check(name, value, from, to);
  }

  private void check(byte[] name, byte[] value, int from, int to) {
    withinLimits &=
        within(name.length, limits.maxLabelNameBytes())
            && within(to - from, limits.maxLabelValueBytes());
    isUtf8 &= Utf8.isWellFormed(value, from, to - from);
  }

  private static boolean within(int found, int limit) {
    return limit == 0 || found <= limit;
  }

  /**
   * Writes all labels of a series.
   *
   * @param name the Label message of its name
   * @param extra that of the extra label, or null
   */
  void writeSeries(byte[] name, byte @Nullable [] extra, WireBuffer out) {
    out.raw(base.bytes(), 0, namePlace);
    out.raw(name);
    if (extra == null) {
      out.raw(base.bytes(), namePlace, base.size());
    } else {
      out.raw(base.bytes(), namePlace, extraFrom);
      out.raw(extra);
      out.raw(base.bytes(), extraTo, base.size());
    }
  }

  /** Are there as many labels as may be, with the name and some more? */
  boolean allows(int more) {
    return within(count + more, limits.maxLabelNames());
  }

  static byte[] label(String name, String value) {
    WireBuffer out = new WireBuffer(32 + name.length() + value.length());
    byte[] utf8 = value.getBytes(UTF_8);
    label(out, name.getBytes(UTF_8), utf8, 0, utf8.length);
    return out.toByteArray(0, out.size());
  }

  static void label(WireBuffer out, byte[] name, byte[] value, int from, int to) {
    int nameLength = name.length;
    int valueLength = to - from;
    out.tag(1, 2);
    out.varint(
        2L
            + WireBuffer.varintLength(nameLength)
            + nameLength
            + WireBuffer.varintLength(valueLength)
            + valueLength);
    out.tag(1, 2);
    out.varint(nameLength);
    out.raw(name);
    out.tag(2, 2);
    out.varint(valueLength);
    out.raw(value, from, to);
  }
}
