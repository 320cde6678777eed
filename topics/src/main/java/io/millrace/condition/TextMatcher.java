package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells whether a text contains a match of any of some regular expressions, and remembers the
 * answers for as many texts as it is told to. The expressions are RE2's: their cost is linear in
 * the text. One thread.
 */
public final class TextMatcher {

  /** Longer texts are matched every time, so that the memory is bounded in bytes, too. */
  private static final int LONGEST_REMEMBERED = 1024;

  private final LiteralPattern[] literals;
  private final Pattern[] patterns;
  private final byte[][] texts;
  private final boolean[] answers;

  private TextMatcher(List<LiteralPattern> literals, List<Pattern> patterns, int remembered) {
    this.literals = literals.toArray(LiteralPattern[]::new);
    this.patterns = patterns.toArray(Pattern[]::new);
    this.texts = new byte[remembered][];
    this.answers = new boolean[remembered];
  }

  /**
   * @param remembered how many texts to remember the answer for, at least 1
   * @throws IllegalArgumentException if one is no regular expression; the message says which
   */
  public static TextMatcher of(List<String> expressions, int remembered) {
    List<LiteralPattern> literals = new ArrayList<>();
    List<Pattern> patterns = new ArrayList<>();
    for (String expression : expressions) {
      LiteralPattern literal = LiteralPattern.of(expression);
      if (literal != null) {
        literals.add(literal);
      } else {
        patterns.add(compile(expression));
      }
    }
    return new TextMatcher(literals, patterns, remembered);
  }

  private static Pattern compile(String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(expression + ": " + e.getDescription(), e);
    }
  }

  public boolean find(byte[] source, int from, int to) {
    for (LiteralPattern literal : literals) {
      if (literal.find(source, from, to)) {
        return true;
      }
    }
    return patterns.length > 0 && findPattern(source, from, to);
  }

  private boolean findPattern(byte[] source, int from, int to) {
    if (to - from > LONGEST_REMEMBERED) {
      return findAny(source, from, to);
    }
    int at = slot(source, from, to);
    byte[] text = texts[at];
    if (text == null || !Arrays.equals(text, 0, text.length, source, from, to)) {
      answers[at] = findAny(source, from, to);
      texts[at] = Arrays.copyOfRange(source, from, to);
    }
    return answers[at];
  }

  private boolean findAny(byte[] source, int from, int to) {
    String text = new String(source, from, to - from, UTF_8);
    for (Pattern pattern : patterns) {
      if (pattern.matcher(text).find()) {
        return true;
      }
    }
    return false;
  }

  private int slot(byte[] source, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + source[i];
    }
    return (int) (((hash * 0x9E3779B9L & 0xffffffffL) * texts.length) >>> 32);
  }
}
