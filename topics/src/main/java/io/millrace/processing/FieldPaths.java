package io.millrace.processing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.Expression;
import io.millrace.condition.Keyed;
import io.millrace.condition.Path;
import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.HexFormat;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Expressions that read a field of a message, or of one within it. */
final class FieldPaths {

  private static final byte[] NONE = {};
  private static final byte[] ZEROS = new byte[16];

  private FieldPaths() {}

  /**
   * A field that always has a value, by default the zero of its kind.
   *
   * @param within field of the message that has it, 0 if it stands in the role's own
   * @param field its number, which may depend on the type of the metric; 0 for nil
   */
  static Expression<Observed> field(
      Shape.Role role, int within, ToIntFunction<Observed> field, Value.Kind kind) {
    Scan scan = new Scan(role, within);
    return (observed, into) -> {
      int number = field.applyAsInt(observed);
      if (number == 0) {
        into.setNil();
        return;
      }
      zero(kind, into);
      scan.over(observed);
      while (scan.next(number, isSlice(kind))) {
        set(kind, observed.bytes(), scan.found(), into);
      }
    };
  }

  private static boolean isSlice(Value.Kind kind) {
    return switch (kind) {
      case STRING, BYTES, TRACE_ID, SPAN_ID -> true;
      default -> false;
    };
  }

  private static void zero(Value.Kind kind, Value into) {
    switch (kind) {
      case STRING, BYTES -> into.slice(kind, NONE, 0, 0);
      case TRACE_ID -> into.slice(kind, ZEROS, 0, 16);
      case SPAN_ID -> into.slice(kind, ZEROS, 0, 8);
      default -> into.number(kind, 0);
    }
  }

  /** An id of another length counts as all zeros. */
  private static void set(Value.Kind kind, byte[] bytes, WireReader found, Value into) {
    int length = found.end() - found.from();
    switch (kind) {
      case STRING, BYTES -> into.slice(kind, bytes, found.from(), found.end());
      case TRACE_ID -> id(kind, 16, length, bytes, found, into);
      case SPAN_ID -> id(kind, 8, length, bytes, found, into);
      default -> into.number(kind, found.value());
    }
  }

  private static void id(
      Value.Kind kind, int wanted, int length, byte[] bytes, WireReader found, Value into) {
    if (length == wanted) {
      into.slice(kind, bytes, found.from(), found.end());
    } else {
      into.slice(kind, ZEROS, 0, wanted);
    }
  }

  /** An id in hex. */
  static Expression<Observed> hex(int field, Value.Kind kind) {
    Expression<Observed> id = field(Shape.Role.ITEM, 0, observed -> field, kind);
    return (observed, into) -> {
      id.read(observed, into);
      byte[] text = HexFormat.of().formatHex(into.bytes(), into.from(), into.to()).getBytes(UTF_8);
      into.setString(text, 0, text.length);
    };
  }

  /** Number of times a field stands in the item. */
  static Expression<Observed> count(int field) {
    Scan scan = new Scan(Shape.Role.ITEM, 0);
    return (observed, into) -> {
      int count = 0;
      scan.over(observed);
      while (scan.next(field, true)) {
        count++;
      }
      into.number(Value.Kind.MESSAGES, count);
    };
  }

  /** An AnyValue, and keys into it; nil where it is not there. */
  static Expression<Observed> anyValue(int field, List<Path.Key> keys) {
    Scan scan = new Scan(Shape.Role.ITEM, 0);
    Expression<Observed> whole =
        (observed, into) -> {
          into.setNil();
          scan.over(observed);
          while (scan.next(field, true)) {
            into.readAny(observed.bytes(), scan.found().from(), scan.found().end());
          }
        };
    return Keyed.ofAttribute(whole, keys);
  }

  /** An attribute and keys into it; null unless the first key is a text. */
  static @Nullable Expression<Observed> attribute(
      Shape.Role role, int within, ToIntFunction<Observed> field, List<Path.Key> keys) {
    if (keys.isEmpty() || !(keys.get(0) instanceof Path.Key.Name name)) {
      return null;
    }
    byte[] key = name.text().getBytes(UTF_8);
    Scan scan = new Scan(role, within);
    KeyValue entry = new KeyValue();
    Expression<Observed> attribute =
        (observed, into) -> {
          into.setNil();
          int number = field.applyAsInt(observed);
          scan.over(observed);
          while (scan.next(number, true)) {
            entry.read(observed.bytes(), scan.found().from(), scan.found().end());
            if (entry.hasKey(key)) {
              entry.value(into);
              return;
            }
          }
        };
    return Keyed.ofAttribute(attribute, keys.subList(1, keys.size()));
  }

  /** Goes through the fields of a number in a message, or in all messages of a field within it. */
  private static final class Scan {

    private final Shape.Role role;
    private final int within;
    private final WireReader outer = new WireReader(NONE, 1);
    private final WireReader inner = new WireReader(NONE, 2);
    private byte[] bytes = NONE;

    Scan(Shape.Role role, int within) {
      this.role = role;
      this.within = within;
    }

    void over(Observed observed) throws MalformedOtlp {
      bytes = observed.bytes();
      Observed.Slice slice = observed.slice(role);
      outer.over(bytes, slice.from(), slice.to());
      inner.over(bytes, 0, 0);
    }

    /**
     * @param delimited whether it is one with a length: another is not the field that is meant
     */
    boolean next(int field, boolean delimited) throws MalformedOtlp {
      if (within == 0) {
        return next(outer, field, delimited);
      }
      while (!next(inner, field, delimited)) {
        if (!next(outer, within, true)) {
          return false;
        }
        inner.over(bytes, outer.from(), outer.end());
      }
      return true;
    }

    private static boolean next(WireReader reader, int field, boolean delimited)
        throws MalformedOtlp {
      while (reader.next()) {
        if (reader.field() == field && reader.isLengthDelimited() == delimited) {
          return true;
        }
      }
      return false;
    }

    WireReader found() {
      return within == 0 ? outer : inner;
    }
  }
}
