package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;

/**
 * One range, positive or negative, of an exponential histogram: the counts of buckets with
 * consecutive indexes. At scale {@code s} bucket {@code i} holds what is above {@code 2^(i/2^s)}
 * and at most {@code 2^((i+1)/2^s)}.
 */
final class Buckets {

  private static final int OFFSET_TAG = WireReader.tag(1, WireReader.VARINT);
  private static final int COUNTS = 2;

  private final WireReader reader = new WireReader(new byte[0], 6);
  private final Counts counts = new Counts();
  private int offset;

  void clear() {
    counts.clear();
    offset = 0;
  }

  void set(Buckets other) {
    counts.set(other.counts);
    offset = other.offset;
  }

  void read(byte[] source, int from, int to) throws MalformedOtlp {
    reader.over(source, from, to);
    while (reader.next()) {
      if (reader.tag() == OFFSET_TAG) {
        int read = (int) reader.value();
        offset = read >>> 1 ^ -(read & 1);
      } else if (reader.field() == COUNTS) {
        counts.takeVarints(source, reader);
      }
    }
  }

  /** What is left of a number without all counts; below 0 if it does not hold them. */
  long leftOf(long number) {
    return (long) offset + counts.size() > Integer.MAX_VALUE ? -1 : counts.leftOf(number);
  }

  boolean isEmpty() {
    return counts.size() == 0;
  }

  /** Leaves out empty buckets at both ends. */
  void trim() {
    int end = counts.size();
    while (end > 0 && counts.get(end - 1) == 0) {
      end--;
    }
    counts.resize(end);
    int first = 0;
    while (first < end && counts.get(first) == 0) {
      first++;
    }
    removeFirst(first);
  }

  private void removeFirst(int count) {
    counts.removeFirst(count);
    offset += count;
  }

  private int last() {
    return offset + counts.size() - 1;
  }

  long count(int index) {
    return index < offset || index > last() ? 0 : counts.get(index - offset);
  }

  /** Each bucket takes in {@code 2^by} of the finer ones. */
  void downscale(int by) {
    if (by == 0 || isEmpty()) {
      return;
    }
    int first = shift(offset, by);
    int size = shift(last(), by) - first + 1;
    for (int i = 0; i < counts.size(); i++) {
      int to = shift(offset + i, by) - first;
      if (to != i) { // never ahead of what is still to be read
        counts.add(to, counts.get(i));
        counts.add(i, -counts.get(i));
      }
    }
    counts.resize(size);
    offset = first;
  }

  private static int shift(int index, int by) {
    return index >> Math.min(by, 31);
  }

  /** By how much both must be downscaled so that together they have at most that many buckets. */
  static int downscaleToFit(Buckets one, Buckets other, int most) {
    if (one.isEmpty() && other.isEmpty()) {
      return 0;
    }
    Buckets some = one.isEmpty() ? other : one;
    Buckets rest = other.isEmpty() ? some : other;
    long first = Math.min(some.offset, rest.offset);
    long last = Math.max(some.last(), rest.last());
    int by = 0;
    while ((last >> by) - (first >> by) >= most) {
      by++;
    }
    return by;
  }

  /** Adds buckets of the same scale. */
  void add(Buckets other) {
    if (other.isEmpty()) {
      return;
    }
    if (isEmpty()) {
      set(other);
      return;
    }
    if (other.offset < offset) {
      counts.shift(offset - other.offset);
      offset = other.offset;
    }
    counts.resize(Math.max(counts.size(), other.last() - offset + 1));
    for (int i = 0; i < other.counts.size(); i++) {
      counts.add(other.offset + i - offset, other.counts.get(i));
    }
  }

  /** Removes the buckets up to an index and answers what they held. */
  long removeThrough(int index) {
    long held = 0;
    int removed = 0;
    while (removed < counts.size() && offset + removed <= index) {
      held += counts.get(removed++);
    }
    removeFirst(removed);
    return held;
  }

  void load(StateReader state) {
    counts.load(state);
    offset = isEmpty() ? 0 : (int) state.zigzag();
  }

  void save(WireWriter state) {
    counts.save(state);
    if (!isEmpty()) {
      state.varint(StateReader.zigzag(offset));
    }
  }

  /** As field of a point; none if there are no buckets. */
  void write(WireWriter out, int field) {
    if (isEmpty()) {
      return;
    }
    out.tag(field, WireReader.LENGTH_DELIMITED);
    int message = out.begin();
    out.tag(1, WireReader.VARINT);
    out.varint(StateReader.zigzag(offset) & 0xffff_ffffL);
    out.tag(COUNTS, WireReader.LENGTH_DELIMITED);
    int packed = out.begin();
    for (int i = 0; i < counts.size(); i++) {
      out.varint(counts.get(i));
    }
    out.end(packed);
    out.end(message);
  }
}
