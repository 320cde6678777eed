package io.millrace.condition;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The escapes of a text literal, which are Go's, but that single bytes must be ASCII. */
final class Escape {

  private static final String LETTERS = "abfnrtv\\\"";
  private static final String MEANINGS = "\u0007\b\f\n\r\t\u000b\\\"";
  private static final Pattern NUMBERED =
      Pattern.compile(
          "\\\\(?:x(?<x>[0-7][0-9a-fA-F])|(?<o>[01][0-7]{2})|u(?<u>[0-9a-fA-F]{4})"
              + "|U(?<l>[0-9a-fA-F]{8}))");

  private Escape() {}

  /** Appends what the escape at a backslash means; gives the offset behind it. */
  static int read(String text, int at, StringBuilder meant) throws InvalidCondition {
    int letter = at + 1 < text.length() ? LETTERS.indexOf(text.charAt(at + 1)) : -1;
    if (letter >= 0) {
      meant.append(MEANINGS.charAt(letter));
      return at + 2;
    }
    Matcher matcher = NUMBERED.matcher(text).region(at, text.length());
    if (matcher.lookingAt()) {
      int codePoint = codePoint(matcher);
      if (Character.isValidCodePoint(codePoint) && !isSurrogate(codePoint)) {
        meant.appendCodePoint(codePoint);
        return matcher.end();
      }
    }
    String found = text.substring(at, Math.min(at + 2, text.length()));
    throw new InvalidCondition(at, found, "\\\\, \\\", \\n, \\t or another escape of Go");
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static int codePoint(Matcher matcher) {
    String octal = matcher.group("o");
    if (octal != null) {
      return Integer.parseInt(octal, 8);
    }
    String hex = matcher.group("x");
    hex = hex != null ? hex : matcher.group("u");
    hex = hex != null ? hex : matcher.group("l");
    return Integer.parseUnsignedInt(hex, 16);
  }
}
