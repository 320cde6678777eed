package io.millrace.processing;

import io.millrace.otlp.WireWriter;

/** Cuts a text that is too long, between two characters, and marks where. */
final class Truncation implements TextChange {

  private final int maxBytes;
  private final byte[] mark;

  Truncation(TruncateConfig config) {
    maxBytes = config.maxBytes();
    mark = config.markBytes();
  }

  @Override
  public boolean write(byte[] bytes, int from, int to, WireWriter out) {
    if (to - from <= maxBytes) {
      return false;
    }
    int end = from + maxBytes - mark.length;
    while (end > from && (bytes[end] & 0xc0) == 0x80) { // within a character
      end--;
    }
    out.copy(bytes, from, end);
    out.copy(mark, 0, mark.length);
    return true;
  }
}
