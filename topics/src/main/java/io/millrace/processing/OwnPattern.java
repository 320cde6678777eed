package io.millrace.processing;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Arrays;

/** A user's pattern in RE2 syntax; a match of nothing is none. */
final class OwnPattern extends TextPattern {

  private static final byte[] NONE = {};

  private final Matcher matcher;
  private byte[] copy = NONE;

  OwnPattern(String pattern) {
    matcher = Pattern.compile(pattern).matcher(NONE);
  }

  @Override
  boolean find(byte[] text, int from, int at, int to) {
    // The library searches whole arrays. What stands before `at` decides on ^ and \b.
    if (at == from) {
      copy = Arrays.copyOfRange(text, from, to);
      matcher.reset(copy);
    }
    int offset = at - from;
    while (offset <= copy.length && matcher.find(offset)) {
      if (matcher.end() > matcher.start()) {
        return found(from + matcher.start(), from + matcher.end());
      }
      offset = matcher.end() + 1;
    }
    return false;
  }
}
