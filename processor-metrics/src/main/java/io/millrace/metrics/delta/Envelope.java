package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;

/** The fields of a container but those that lead further down, byte by byte. */
final class Envelope {

  private final int childTag;
  private final WireReader reader;
  private final WireWriter fields = new WireWriter(512);

  /**
   * @param depth of the message
   * @param childField leads further down
   */
  Envelope(int depth, int childField) {
    this.childTag = WireReader.tag(childField, WireReader.LENGTH_DELIMITED);
    this.reader = new WireReader(new byte[0], depth);
  }

  /** Gathers them. {@link #walk} then leads to the children. */
  void read(byte[] source, int from, int to) throws MalformedOtlp {
    fields.truncate(0);
    reader.over(source, from, to);
    while (reader.next()) {
      if (reader.tag() != childTag) {
        fields.copy(source, reader.start(), reader.end());
      }
    }
  }

  /** To the first child; {@link #nextChild} stands at it. */
  void walk(byte[] source, int from, int to) throws MalformedOtlp {
    reader.over(source, from, to);
  }

  boolean nextChild() throws MalformedOtlp {
    while (reader.next()) {
      if (reader.tag() == childTag) {
        return true;
      }
    }
    return false;
  }

  int childFrom() {
    return reader.from();
  }

  int childTo() {
    return reader.end();
  }

  /** Opens a field and puts the envelope into it; {@code WireWriter.end} closes it. */
  int begin(WireWriter out, int field) {
    out.tag(field, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    out.copy(fields.bytes(), 0, fields.size());
    return begin;
  }

  WireWriter fields() {
    return fields;
  }

  byte[] toByteArray() {
    return fields.toByteArray();
  }
}
