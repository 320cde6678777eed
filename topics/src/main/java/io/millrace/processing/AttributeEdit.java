package io.millrace.processing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import java.util.Arrays;

/** One change to the attributes of one message. One thread at a time. */
abstract class AttributeEdit {

  private static final byte[] NONE = {};

  private final WireReader fields = new WireReader(NONE, 2);
  final KeyValue entry = new KeyValue();

  /** Gives an attribute a value, whether it is there or not. */
  static AttributeEdit set(String key, JsonNode value) {
    byte[] utf8 = key.getBytes(UTF_8);
    byte[] whole = keyValue(utf8, anyValue(value));
    return new AttributeEdit() {
      private boolean done;

      @Override
      void begin() {
        done = false;
      }

      @Override
      boolean entry(byte[] bytes, WireReader at, int field, WireWriter out) {
        if (!entry.hasKey(utf8)) {
          out.copy(bytes, at.start(), at.end());
          return false;
        }
        boolean first = !done;
        done = true;
        if (first) {
          attribute(field, whole, out);
        }
        return !first || !Arrays.equals(whole, 0, whole.length, bytes, at.from(), at.end());
      }

      @Override
      boolean end(int field, WireWriter out) {
        if (!done) {
          attribute(field, whole, out);
        }
        return !done;
      }
    };
  }

  /** Gives an attribute a value where it is not there. */
  static AttributeEdit insert(String key, JsonNode value) {
    byte[] utf8 = key.getBytes(UTF_8);
    byte[] whole = keyValue(utf8, anyValue(value));
    return new AttributeEdit() {
      private boolean there;

      @Override
      void begin() {
        there = false;
      }

      @Override
      boolean entry(byte[] bytes, WireReader at, int field, WireWriter out) {
        there |= entry.hasKey(utf8);
        out.copy(bytes, at.start(), at.end());
        return false;
      }

      @Override
      boolean end(int field, WireWriter out) {
        if (!there) {
          attribute(field, whole, out);
        }
        return !there;
      }
    };
  }

  static AttributeEdit remove(String key) {
    byte[] utf8 = key.getBytes(UTF_8);
    return new AttributeEdit() {
      @Override
      boolean entry(byte[] bytes, WireReader at, int field, WireWriter out) {
        boolean removes = entry.hasKey(utf8);
        if (!removes) {
          out.copy(bytes, at.start(), at.end());
        }
        return removes;
      }
    };
  }

  /** Gives an attribute another key; one that has that key already goes. */
  static AttributeEdit rename(String from, String to) {
    byte[] old = from.getBytes(UTF_8);
    byte[] other = to.getBytes(UTF_8);
    return new AttributeEdit() {
      @Override
      boolean applies(int field, byte[] bytes, int size) throws MalformedOtlp {
        return !from.equals(to) && has(field, bytes, size, old);
      }

      @Override
      boolean entry(byte[] bytes, WireReader at, int field, WireWriter out) {
        if (entry.hasKey(old)) {
          byte[] value = entry.valueBytes();
          attribute(field, keyValue(other, value), out);
          return true;
        }
        if (entry.hasKey(other)) {
          return true;
        }
        out.copy(bytes, at.start(), at.end());
        return false;
      }
    };
  }

  /**
   * Writes a message with its attributes changed.
   *
   * @param field of the attributes
   * @return whether it differs; if not, what was written may be incomplete
   */
  final boolean write(int field, byte[] bytes, int size, WireWriter out) throws MalformedOtlp {
    if (!applies(field, bytes, size)) {
      return false;
    }
    begin();
    boolean changed = false;
    fields.over(bytes, 0, size);
    while (fields.next()) {
      if (fields.field() == field && fields.isLengthDelimited()) {
        entry.read(bytes, fields.from(), fields.end());
        changed |= entry(bytes, fields, field, out);
      } else {
        out.copy(bytes, fields.start(), fields.end());
      }
    }
    return end(field, out) || changed;
  }

  boolean applies(int field, byte[] bytes, int size) throws MalformedOtlp {
    return true;
  }

  void begin() {}

  /** Writes the attribute that {@link #entry} has read, or what takes its place. */
  abstract boolean entry(byte[] bytes, WireReader at, int field, WireWriter out);

  boolean end(int field, WireWriter out) {
    return false;
  }

  final boolean has(int field, byte[] bytes, int size, byte[] key) throws MalformedOtlp {
    fields.over(bytes, 0, size);
    while (fields.next()) {
      if (fields.field() == field && fields.isLengthDelimited()) {
        entry.read(bytes, fields.from(), fields.end());
        if (entry.hasKey(key)) {
          return true;
        }
      }
    }
    return false;
  }

  private static void attribute(int field, byte[] keyValue, WireWriter out) {
    out.tag(field, WireReader.LENGTH_DELIMITED);
    out.lengthDelimited(keyValue);
  }

  private static byte[] keyValue(byte[] key, byte[] anyValue) {
    WireWriter out = new WireWriter(key.length + anyValue.length + 8);
    out.tag(1, WireReader.LENGTH_DELIMITED);
    out.lengthDelimited(key);
    out.tag(2, WireReader.LENGTH_DELIMITED);
    out.lengthDelimited(anyValue);
    return out.toByteArray();
  }

  private static byte[] anyValue(JsonNode value) {
    WireWriter out = new WireWriter(16);
    if (value.isBoolean()) {
      out.tag(2, WireReader.VARINT);
      out.varint(value.booleanValue() ? 1 : 0);
    } else if (value.isIntegralNumber()) {
      out.tag(3, WireReader.VARINT);
      out.varint(value.longValue());
    } else if (value.isNumber()) {
      out.tag(4, WireReader.FIXED64);
      out.fixed(Double.doubleToRawLongBits(value.doubleValue()), Long.BYTES);
    } else {
      out.tag(1, WireReader.LENGTH_DELIMITED);
      out.lengthDelimited(value.textValue().getBytes(UTF_8));
    }
    return out.toByteArray();
  }
}
