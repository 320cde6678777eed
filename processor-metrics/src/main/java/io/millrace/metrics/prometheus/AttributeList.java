package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.AttributeText;
import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.Arrays;
import java.util.function.Predicate;

/** The attributes of one message: keys and the texts of their values, as ranges of bytes. */
final class AttributeList {

  private static final int KEY_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int VALUE_TAG = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int STRING_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final byte[] NONE = {};

  private final WireReader message = new WireReader(NONE, 4);
  private final WireReader entry = new WireReader(NONE, 5);
  private final WireReader anyValue = new WireReader(NONE, 6);
  private final Value value = new Value();

  private byte[] source = NONE;
  private int size;
  private int[] keyFroms = new int[16];
  private int[] keyTos = new int[16];
  private byte[][] texts = new byte[16][];
  private int[] textFroms = new int[16];
  private int[] textTos = new int[16];

  /** Reads those of the message in {@code [from, to)} whose field has that tag. */
  void read(byte[] bytes, int from, int to, int tag) throws MalformedOtlp {
    source = bytes;
    size = 0;
    message.over(bytes, from, to);
    while (message.next()) {
      if (message.tag() == tag) {
        add(message.from(), message.end());
      }
    }
  }

  private void add(int from, int to) throws MalformedOtlp {
    if (size == keyFroms.length) {
      grow();
    }
    keyFroms[size] = 0;
    keyTos[size] = 0;
    texts[size] = NONE;
    textFroms[size] = 0;
    textTos[size] = 0;
    entry.over(source, from, to);
    while (entry.next()) {
      if (entry.tag() == KEY_TAG) {
        keyFroms[size] = entry.from();
        keyTos[size] = entry.end();
      } else if (entry.tag() == VALUE_TAG) {
        readText(entry.from(), entry.end());
      }
    }
    size++;
  }

  /** Most values are one string and nothing else. */
  private void readText(int from, int to) throws MalformedOtlp {
    anyValue.over(source, from, to);
    if (anyValue.next() && anyValue.tag() == STRING_TAG && anyValue.end() == to) {
      texts[size] = source;
      textFroms[size] = anyValue.from();
      textTos[size] = to;
      return;
    }
    value.readAny(source, from, to);
    texts[size] = AttributeText.of(value).getBytes(UTF_8);
    textFroms[size] = 0;
    textTos[size] = texts[size].length;
  }

  /** Leaves only those whose keys are wanted. */
  void retain(Predicate<String> wanted) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (wanted.test(key(i))) {
        keyFroms[kept] = keyFroms[i];
        keyTos[kept] = keyTos[i];
        texts[kept] = texts[i];
        textFroms[kept] = textFroms[i];
        textTos[kept++] = textTos[i];
      }
    }
    size = kept;
  }

  private void grow() {
    int capacity = size * 2;
    keyFroms = Arrays.copyOf(keyFroms, capacity);
    keyTos = Arrays.copyOf(keyTos, capacity);
    texts = Arrays.copyOf(texts, capacity);
    textFroms = Arrays.copyOf(textFroms, capacity);
    textTos = Arrays.copyOf(textTos, capacity);
  }

  int size() {
    return size;
  }

  byte[] source() {
    return source;
  }

  int keyFrom(int i) {
    return keyFroms[i];
  }

  int keyTo(int i) {
    return keyTos[i];
  }

  String key(int i) {
    return new String(source, keyFroms[i], keyTos[i] - keyFroms[i], UTF_8);
  }

  byte[] text(int i) {
    return texts[i];
  }

  int textFrom(int i) {
    return textFroms[i];
  }

  int textTo(int i) {
    return textTos[i];
  }

  String textString(int i) {
    return new String(texts[i], textFroms[i], textTos[i] - textFroms[i], UTF_8);
  }
}
