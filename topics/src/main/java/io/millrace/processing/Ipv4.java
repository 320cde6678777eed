package io.millrace.processing;

/**
 * Four numbers of 0 to 255, of one to three digits, parted by dots, of which no letter, digit, or
 * dot with a digit stands before or behind: {@code 1.2.3.4.5} and {@code v1.2.3.4} are none.
 */
final class Ipv4 extends TextPattern {

  @Override
  int needs() {
    return ByteClasses.DIGIT | ByteClasses.DOT;
  }

  @Override
  int shortest() {
    return "1.2.3.4".length();
  }

  @Override
  boolean find(byte[] text, int from, int at, int to) {
    for (int i = at; i < to; i++) {
      if (isDigit(text[i]) && isStart(text, from, i)) {
        int end = end(text, i, to);
        if (end > 0 && isEnd(text, end, to)) {
          return found(i, end);
        }
      }
    }
    return false;
  }

  private static boolean isStart(byte[] text, int from, int at) {
    if (at == from) {
      return true;
    }
    byte before = text[at - 1];
    boolean dotted = before == '.' && at - 1 > from && isDigit(text[at - 2]);
    return !isWord(before) && !dotted;
  }

  private static boolean isEnd(byte[] text, int end, int to) {
    if (end == to) {
      return true;
    }
    boolean dotted = text[end] == '.' && end + 1 < to && isDigit(text[end + 1]);
    return !isWord(text[end]) && !dotted;
  }

  /** Behind the fourth number; 0 if there are not four. */
  static int end(byte[] text, int from, int to) {
    int at = from;
    for (int number = 0; number < 4; number++) {
      int value = 0;
      int digits = 0;
      while (at < to && isDigit(text[at]) && digits < 4) {
        value = value * 10 + text[at++] - '0';
        digits++;
      }
      if (digits == 0 || digits > 3 || value > 255) {
        return 0;
      }
      if (number < 3 && (at == to || text[at++] != '.')) {
        return 0;
      }
    }
    return at;
  }
}
