package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Collection;

/** Texts to be found by their UTF-8 bytes, without making a string of them. */
final class TextSet {

  private final byte[][] texts;

  TextSet(Collection<String> texts) {
    this.texts = texts.stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
    Arrays.sort(this.texts, Arrays::compareUnsigned);
  }

  boolean contains(byte[] source, int from, int to) {
    int low = 0;
    int high = texts.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      byte[] text = texts[middle];
      int order = Arrays.compareUnsigned(text, 0, text.length, source, from, to);
      if (order == 0) {
        return true;
      }
      low = order < 0 ? middle + 1 : low;
      high = order > 0 ? middle - 1 : high;
    }
    return false;
  }
}
