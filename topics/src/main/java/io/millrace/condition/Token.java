package io.millrace.condition;

/**
 * A word of a condition.
 *
 * @param text as it stands there, but of a text literal what it means
 * @param position offset of its first character
 */
record Token(Kind kind, String text, int position) {

  enum Kind {
    WHOLE,
    DECIMAL,
    BYTES,
    TEXT,
    /** {@code nil}, {@code true}, {@code false}, {@code and}, {@code or}, {@code not}. */
    KEYWORD,
    /** Part of a path: lower case. */
    STEP,
    /** A converter or a constant: starts with a capital. */
    NAME,
    COMPARISON,
    SIGN,
    END
  }

  boolean is(Kind kind, String text) {
    return this.kind == kind && this.text.equals(text);
  }

  /** How an error shows it. */
  String shown() {
    return switch (kind) {
      case END -> "the end";
      case TEXT -> '"' + text + '"';
      default -> text;
    };
  }
}
