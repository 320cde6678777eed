package io.millrace.processing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.otlp.WireWriter;
import java.util.Arrays;
import java.util.List;

/** Replaces what patterns match, one pattern after the other. */
final class Redaction implements TextChange {

  private final List<TextPattern> patterns;
  private final List<TextPattern> ofNumbers;
  private final byte[] replacement;
  private WireWriter done = new WireWriter(0);
  private WireWriter next = new WireWriter(0);

  Redaction(RedactConfig config) {
    patterns = config.compile();
    ofNumbers = patterns.stream().filter(TextPattern::matchesNumbers).toList();
    replacement = config.replacementBytes();
  }

  @Override
  public boolean write(byte[] bytes, int from, int to, WireWriter out) {
    return write(patterns, bytes, from, to, out);
  }

  private boolean write(List<TextPattern> these, byte[] bytes, int from, int to, WireWriter out) {
    byte[] text = bytes;
    int start = from;
    int end = to;
    int classes = ByteClasses.of(text, start, end);
    for (int i = 0; i < these.size(); i++) {
      TextPattern pattern = these.get(i);
      boolean possible = (pattern.needs() & ~classes) == 0 && end - start >= pattern.shortest();
      if (possible && replace(pattern, text, start, end)) {
        WireWriter written = next;
        next = done;
        done = written;
        text = done.bytes();
        start = 0;
        end = done.size();
        classes = ByteClasses.of(text, start, end);
      }
    }
    if (text == bytes) {
      return false;
    }
    out.copy(text, start, end);
    return true;
  }

  /** Leaves the text in {@link #next}; false if there is nothing to replace. */
  private boolean replace(TextPattern pattern, byte[] text, int from, int to) {
    if (!pattern.find(text, from, from, to)) {
      return false;
    }
    next.truncate(0);
    int at = from;
    do {
      next.copy(text, at, pattern.start());
      next.copy(replacement, 0, replacement.length);
      at = pattern.end();
    } while (pattern.find(text, from, at, to));
    next.copy(text, at, to);
    return true;
  }

  @Override
  public boolean write(long number, WireWriter out) {
    if (ofNumbers.isEmpty() || Math.abs(number) < 1_000_000_000_000L) {
      return false;
    }
    byte[] text = Long.toString(number).getBytes(US_ASCII);
    return write(ofNumbers, text, 0, text.length, out);
  }

  /** Overwrites what matches in bytes that are no OTLP, without moving anything. */
  void blank(byte[] bytes) {
    for (TextPattern pattern : patterns) {
      int at = 0;
      while (pattern.find(bytes, 0, at, bytes.length)) {
        Arrays.fill(bytes, pattern.start(), pattern.end(), (byte) '*');
        at = pattern.end();
      }
    }
  }
}
