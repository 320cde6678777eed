package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that is only a text, perhaps anchored: {@code ^/api}, {@code timeout}. Most
 * that people write are, and they can be looked for in the bytes as they are.
 */
final class LiteralPattern {

  private static final Pattern FORM =
      Pattern.compile("(\\^)?([^\\\\.+*?()|\\[\\]{}^$]*)(\\$)?", Pattern.DOTALL);

  private final boolean fromStart;
  private final byte[] text;
  private final boolean toEnd;

  private LiteralPattern(boolean fromStart, String text, boolean toEnd) {
    this.fromStart = fromStart;
    this.text = text.getBytes(UTF_8);
    this.toEnd = toEnd;
  }

  /** Null if there is more to the expression. */
  static @Nullable LiteralPattern of(String expression) {
    Matcher form = FORM.matcher(expression);
    if (!form.matches()) {
      return null;
    }
    String text = form.group(2) == null ? "" : form.group(2);
    return new LiteralPattern(form.group(1) != null, text, form.group(3) != null);
  }

  boolean find(byte[] source, int from, int to) {
    int last = to - text.length;
    int first = toEnd ? Math.max(from, last) : from;
    int end = fromStart ? Math.min(from, last) : last;
    for (int at = first; at <= end; at++) {
      if (Arrays.equals(source, at, at + text.length, text, 0, text.length)) {
        return true;
      }
    }
    return false;
  }
}
