package io.millrace.processing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.Arrays;

/** Where key and value of the KeyValue last read lie. One thread at a time. */
public final class KeyValue {

  private static final byte[] NONE = {};
  private static final int KEY_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int VALUE_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);

  private final WireReader reader = new WireReader(NONE, 3);
  private byte[] bytes = NONE;
  private int keyFrom;
  private int keyTo;
  private int valueFrom;
  private int valueTo;

  /** Reads the message that lies in {@code [from, to)}. */
  public void read(byte[] source, int from, int to) throws MalformedOtlp {
    bytes = source;
    keyFrom = from;
    keyTo = from;
    valueFrom = from;
    valueTo = from;
    reader.over(source, from, to);
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

  boolean hasKey(byte[] key) {
    return Arrays.equals(bytes, keyFrom, keyTo, key, 0, key.length);
  }

  public String key() {
    return new String(bytes, keyFrom, keyTo - keyFrom, UTF_8);
  }

  /** Its AnyValue. */
  public void value(Value into) throws MalformedOtlp {
    into.readAny(bytes, valueFrom, valueTo);
  }

  /** Its AnyValue, encoded. */
  byte[] valueBytes() {
    return Arrays.copyOfRange(bytes, valueFrom, valueTo);
  }
}
