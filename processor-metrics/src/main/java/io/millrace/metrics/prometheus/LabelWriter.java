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

  private final ConversionConfig limits;
  private final AttributeLabels own;

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
    this.own = new AttributeLabels(labelNames);
  }

  /**
   * Takes attributes as labels, and labels that all points of a scope have.
   *
   * @param extra name of the label that is given later and replaces any of that name, or null
   * @return why no labels can be made of them, or null
   */
  @Nullable Unconvertible take(
      AttributeList attributes, FixedLabels fixed, byte @Nullable [] extra) {
    return own.take(attributes) ? merge(fixed, extra) : Unconvertible.LABEL_NAME;
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
    while (i < own.size() || j < fixed.names.length) {
      int order = order(i, fixed, j);
      if (order > 0 || (order == 0 && (fixed.wins[j] || own.isEmpty(i)))) {
        write(fixed.names[j], fixed.values[j], 0, fixed.values[j].length, extra);
      } else {
        write(own.name(i), own.value(i), own.from(i), own.to(i), extra);
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

  /** Which comes first, an own label or a fixed one; there is at least one of them. */
  private int order(int i, FixedLabels fixed, int j) {
    if (i == own.size()) {
      return 1;
    }
    return j == fixed.names.length ? -1 : Arrays.compareUnsigned(own.name(i), fixed.names[j]);
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
