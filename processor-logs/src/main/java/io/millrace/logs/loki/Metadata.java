package io.millrace.logs.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.AttributeText;
import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import io.millrace.processing.KeyValue;

/**
 * Writes structured metadata: fields of EntryAdapter. A map becomes one name for each of its
 * values, as in Loki's OTLP endpoint. One thread at a time.
 */
final class Metadata {

  static final int FIELD = 3;
  private static final int MAX_DEPTH = 100;
  private static final int ELEMENT_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);

  private final LabelNames names = new LabelNames();

  byte[] name(String key) {
    return names.of(key);
  }

  static void pair(byte[] name, byte[] value, WireWriter out) {
    pair(name, value, 0, value.length, out);
  }

  static void pair(String name, String value, WireWriter out) {
    pair(name.getBytes(UTF_8), value.getBytes(UTF_8), out);
  }

  private static void pair(byte[] name, byte[] value, int from, int to, WireWriter out) {
    out.tag(FIELD, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    out.bytesField(1, name);
    out.tag(2, WireReader.LENGTH_DELIMITED);
    out.varint(to - from);
    out.copy(value, from, to);
    out.end(begin);
  }

  void attribute(String key, Value value, WireWriter out) throws MalformedOtlp {
    attribute(key, value, out, 0);
  }

  private void attribute(String key, Value value, WireWriter out, int depth) throws MalformedOtlp {
    byte[] name = names.of(key);
    if (name.length == 0) {
      return;
    }
    switch (value.kind()) {
      case MAP -> map(new String(name, UTF_8), value, out, depth);
      case STRING -> pair(name, value.bytes(), value.from(), value.to(), out);
      default -> pair(name, AttributeText.of(value).getBytes(UTF_8), out);
    }
  }

  private void map(String prefix, Value map, WireWriter out, int depth) throws MalformedOtlp {
    if (depth > MAX_DEPTH) {
      throw new MalformedOtlp("malformed OTLP: maps nested deeper than " + MAX_DEPTH);
    }
    WireReader entries = new WireReader(map.bytes(), 0).over(map.from(), map.to());
    KeyValue entry = new KeyValue();
    Value value = new Value();
    while (entries.next()) {
      if (entries.tag() == ELEMENT_TAG) {
        entry.read(map.bytes(), entries.from(), entries.end());
        entry.value(value);
        attribute(prefix + "_" + entry.key(), value, out, depth + 1);
      }
    }
  }
}
