package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Reads the exemplars of a data point into the table's memory, to be given to series after. */
final class Exemplars {

  /** OpenMetrics: names and values of an exemplar's labels together. */
  private static final int MAX_CHARACTERS = 128;

  private static final int FILTERED_ATTRIBUTES = WireReader.tag(7, WireReader.LENGTH_DELIMITED);
  private static final int TIME = WireReader.tag(2, WireReader.FIXED64);
  private static final int DOUBLE = WireReader.tag(3, WireReader.FIXED64);
  private static final int INT = WireReader.tag(6, WireReader.FIXED64);
  private static final int SPAN_ID = WireReader.tag(4, WireReader.LENGTH_DELIMITED);
  private static final int TRACE_ID = WireReader.tag(5, WireReader.LENGTH_DELIMITED);

  private final WireReader points = new WireReader(new byte[0], 4);
  private final WireReader reader = new WireReader(new byte[0], 5);
  private final AttributeList attributes = new AttributeList();
  private final TreeMap<byte[], byte[]> labels = new TreeMap<>(Arrays::compareUnsigned);

  private int size;
  private int given;
  private long[] millis = new long[8];
  private long[] values = new long[8];
  private long[] ranges = new long[8];

  /** Reads all of a data point. */
  void read(DataPoint point, SeriesTable table) throws MalformedOtlp {
    size = 0;
    given = 0;
    if (!point.hasExemplars()) {
      return;
    }
    points.over(point.source, point.from, point.to);
    while (points.next()) {
      if (points.tag() == point.exemplarsTag()) {
        readOne(point, points.from(), points.end(), table.exemplarLabels);
      }
    }
  }

  /** Gives a series those that come next and are not above a bound; a dropped one takes them. */
  void give(SeriesTable table, int series, double bound) {
    while (given < size && !(Double.longBitsToDouble(values[given]) > bound)) {
      if (series != SeriesLabels.DROPPED) {
        table.exemplar(series, millis[given], values[given], ranges[given]);
      }
      given++;
    }
  }

  private void readOne(DataPoint point, int from, int to, WireBuffer out) throws MalformedOtlp {
    if (size == millis.length) {
      grow();
    }
    byte[] source = point.source;
    labels.clear();
    millis[size] = point.millis();
    values[size] = 0;
    int characters = 0;
    reader.over(source, from, to);
    while (reader.next()) {
      int tag = reader.tag();
      if (tag == TIME && reader.value() != 0) {
        millis[size] = DataPoint.millis(reader.value());
      } else if (tag == DOUBLE) {
        values[size] = reader.value();
      } else if (tag == INT) {
        values[size] = Double.doubleToRawLongBits((double) reader.value());
      } else if (tag == TRACE_ID) {
        characters += id("trace_id", source, reader.from(), reader.end());
      } else if (tag == SPAN_ID) {
        characters += id("span_id", source, reader.from(), reader.end());
      }
    }
    attributes.read(source, from, to, FILTERED_ATTRIBUTES);
    addAttributes(characters);
    int start = out.size();
    for (Map.Entry<byte[], byte[]> label : labels.entrySet()) {
      LabelWriter.label(out, label.getKey(), label.getValue(), 0, label.getValue().length);
    }
    ranges[size++] = SeriesTable.range(start, out.size());
  }

  private int id(String name, byte[] source, int from, int to) {
    for (int i = from; i < to; i++) {
      if (source[i] != 0) {
        String hex = HexFormat.of().formatHex(source, from, to);
        labels.put(name.getBytes(UTF_8), hex.getBytes(US_ASCII));
        return name.length() + hex.length();
      }
    }
    return 0;
  }

  /** All of them or, where they would make the labels too long, none. */
  private void addAttributes(int idCharacters) {
    int characters = idCharacters;
    for (int i = 0; i < attributes.size(); i++) {
      String key = attributes.key(i);
      String text = attributes.textString(i);
      characters += key.codePointCount(0, key.length()) + text.codePointCount(0, text.length());
    }
    for (int i = 0; i < attributes.size() && characters <= MAX_CHARACTERS; i++) {
      if (attributes.keyFrom(i) < attributes.keyTo(i)) {
        labels.put(attributes.key(i).getBytes(UTF_8), attributes.textString(i).getBytes(UTF_8));
      }
    }
  }

  private void grow() {
    int capacity = size * 2;
    millis = Arrays.copyOf(millis, capacity);
    values = Arrays.copyOf(values, capacity);
    ranges = Arrays.copyOf(ranges, capacity);
  }
}
