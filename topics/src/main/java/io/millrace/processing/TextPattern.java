package io.millrace.processing;

/** Finds what is to be replaced in UTF-8. Keeps the last match: one thread at a time. */
abstract class TextPattern {

  private int start;
  private int end;

  /**
   * Looks for the first match in {@code [at, to)} of a text that begins at {@code from}.
   *
   * @return false if there is none; else {@link #start} and {@link #end} have it
   */
  abstract boolean find(byte[] text, int from, int at, int to);

  /** Kinds of bytes, of {@link ByteClasses}, without which no text matches. */
  int needs() {
    return 0;
  }

  /** Bytes of the shortest match. */
  int shortest() {
    return 1;
  }

  /** May a whole number match, as text? What only ever occurs in texts need not be asked. */
  boolean matchesNumbers() {
    return false;
  }

  final boolean found(int from, int to) {
    start = from;
    end = to;
    return true;
  }

  final int start() {
    return start;
  }

  final int end() {
    return end;
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static boolean isLetter(byte b) {
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  static boolean isHex(byte b) {
    int lower = b | 0x20;
    return isDigit(b) || (lower >= 'a' && lower <= 'f');
  }

  /** Letters, digits and underscore, as {@code \w}. */
  static boolean isWord(byte b) {
    return isDigit(b) || isLetter(b) || b == '_';
  }
}
