package io.millrace.processing;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes one rule over one request: messages the rule goes into are written anew, everything else is
 * copied. A request that the rule leaves alone comes back as the array it is. One thread at a time.
 */
final class Rewrite {

  private static final byte[] NONE = {};
  private static final int STRING_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int INT_TAG = WireReader.tag(3, WireReader.VARINT);
  private static final int BYTES_TAG = WireReader.tag(7, WireReader.LENGTH_DELIMITED);

  private final Shape request;
  private final Observed observed = new Observed();
  private final List<WireReader> readers = new ArrayList<>();
  private final WireWriter out = new WireWriter(1 << 15);
  private final WireWriter text = new WireWriter(0);

  private Rule rule = role -> false;
  private byte[] bytes = NONE;
  private int seen;
  private int dropped;
  private Kept kept = Kept.NOBODY;

  /** Told of every item, in order, whether it stays, by rules that may drop any. */
  interface Kept {

    Kept NOBODY = (number, stays) -> {};

    void item(int number, boolean stays);
  }

  Rewrite(Signal signal) {
    request = Shape.of(signal);
  }

  byte[] apply(Rule toApply, byte[] value, Kept toTell) throws MalformedOtlp {
    rule = toApply;
    bytes = value;
    kept = toTell;
    seen = 0;
    dropped = 0;
    out.truncate(0);
    observed.over(value);
    return message(request, 0, value.length, 0) ? out.toByteArray() : value;
  }

  /** Items that {@link #apply} left out. */
  int dropped() {
    return dropped;
  }

  /** Writes a message's fields; true if they differ from what was read. */
  private boolean message(Shape shape, int from, int to, int depth) throws MalformedOtlp {
    if (shape.attributes > 0) {
      Rule.Outcome outcome = rule.attributes(shape, observed, from, to, out);
      if (outcome != Rule.Outcome.NOT_MINE) {
        return outcome == Rule.Outcome.CHANGED;
      }
    }
    int member = shape.role == Shape.Role.METRIC ? lastMember(shape, from, to, depth) : 0;
    boolean changed = false;
    boolean header = false;
    WireReader reader = reader(depth).over(bytes, from, to);
    while (reader.next()) {
      Shape child = reader.isLengthDelimited() ? shape.child(reader.field()) : null;
      header |= child != null && isHeader(child);
      if (shape.role == Shape.Role.ANY_VALUE && child == null) {
        changed |= scalar(reader);
      } else if (child == null || !rule.goesInto(child.role) || isOther(child, reader, member)) {
        out.copy(bytes, reader.start(), reader.end());
      } else {
        changed |= child(child, reader, depth);
      }
    }
    boolean added = !header && addHeader(shape, to);
    return changed || added;
  }

  private static boolean isHeader(Shape shape) {
    return shape.role == Shape.Role.RESOURCE || shape.role == Shape.Role.SCOPE;
  }

  /** Of the members of Metric's oneof only the last counts. Texts are looked for in all of them. */
  private boolean isOther(Shape child, WireReader reader, int member) {
    return child.role == Shape.Role.DATA && reader.field() != member && !(rule instanceof TextRule);
  }

  private int lastMember(Shape metric, int from, int to, int depth) throws MalformedOtlp {
    int member = 0;
    WireReader reader = reader(depth).over(bytes, from, to);
    while (reader.next()) {
      Shape child = reader.isLengthDelimited() ? metric.child(reader.field()) : null;
      if (child != null && child.role == Shape.Role.DATA) {
        member = reader.field();
      }
    }
    return member;
  }

  private boolean child(Shape child, WireReader reader, int depth) throws MalformedOtlp {
    int field = reader.field();
    observed.enter(child.role, field, reader.from(), reader.end());
    if (child.role == Shape.Role.ITEM) {
      boolean drops = rule.drops(observed);
      if (rule.mayDrop()) {
        kept.item(seen, !drops);
      }
      seen++;
      if (drops) {
        dropped++;
        return true;
      }
    }
    int seenBefore = seen;
    int droppedBefore = dropped;
    int mark = out.size();
    out.tag(field, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    boolean changed = message(child, reader.from(), reader.end(), depth + 1);
    boolean emptied = dropped > droppedBefore && seen - seenBefore == dropped - droppedBefore;
    if (emptied) {
      out.truncate(mark); // what contained nothing but dropped items is no telemetry any more
    } else {
      out.end(begin);
    }
    return changed;
  }

  /** A resource or scope that is not there has no attributes, and may be given some. */
  private boolean addHeader(Shape shape, int to) throws MalformedOtlp {
    boolean group = shape.role == Shape.Role.RESOURCE_GROUP || shape.role == Shape.Role.SCOPE_GROUP;
    Shape header = group ? shape.child(Shape.HEADER_FIELD) : null;
    if (header == null || !rule.goesInto(header.role)) {
      return false;
    }
    int mark = out.size();
    out.tag(Shape.HEADER_FIELD, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    if (rule.attributes(header, observed, to, to, out) == Rule.Outcome.CHANGED) {
      out.end(begin);
      return true;
    }
    out.truncate(mark);
    return false;
  }

  /** A member of AnyValue that is no message. */
  private boolean scalar(WireReader reader) {
    text.truncate(0);
    int tag = reader.tag();
    if (tag == STRING_TAG || tag == BYTES_TAG) {
      if (rule.text(bytes, reader.from(), reader.end(), text)) {
        write(reader.field());
        return true;
      }
    } else if (tag == INT_TAG && rule.number(reader.value(), text)) {
      write(1);
      return true;
    }
    out.copy(bytes, reader.start(), reader.end());
    return false;
  }

  private void write(int field) {
    out.tag(field, WireReader.LENGTH_DELIMITED);
    out.varint(text.size());
    out.copy(text.bytes(), 0, text.size());
  }

  private WireReader reader(int depth) {
    while (readers.size() <= depth) {
      readers.add(new WireReader(NONE, readers.size()));
    }
    return readers.get(depth);
  }
}
