package io.millrace.processing;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.Arrays;

/** Where key and value of the KeyValue last read lie. */
final class KeyValue {

  private static final byte[] NONE = {};
  private static final int KEY_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int VALUE_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);

  private final WireReader reader = new WireReader(NONE, 3);
  private int keyFrom;
  private int keyTo;
  private int valueFrom;
  private int valueTo;

  void read(byte[] bytes, int from, int to) throws MalformedOtlp {
    keyFrom = from;
    keyTo = from;
    valueFrom = from;
    valueTo = from;
    reader.over(bytes, from, to);
    while (reader.next()) { // the last one wins
      if (reader.tag() == KEY_TAG) {
        keyFrom = reader.from();
        keyTo = reader.end();
      } else if (reader.tag() == VALUE_TAG) {
        valueFrom = reader.from();
        valueTo = reader.end();
      }
    }
  }

  boolean hasKey(byte[] bytes, byte[] key) {
    return Arrays.equals(bytes, keyFrom, keyTo, key, 0, key.length);
  }

  int valueFrom() {
    return valueFrom;
  }

  int valueTo() {
    return valueTo;
  }
}
