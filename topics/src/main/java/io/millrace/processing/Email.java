package io.millrace.processing;

/**
 * Letters, digits and {@code ._%+-}, then {@code @}, then labels parted by dots of which the last
 * has two letters or more and nothing else.
 */
final class Email extends TextPattern {

  @Override
  int needs() {
    return ByteClasses.AT | ByteClasses.DOT;
  }

  @Override
  int shortest() {
    return "a@b.cd".length();
  }

  @Override
  boolean find(byte[] text, int from, int at, int to) {
    for (int i = at; i < to; i++) {
      if (text[i] == '@') {
        int start = i;
        while (start > at && isLocal(text[start - 1])) {
          start--;
        }
        int end = start == i ? 0 : endOfDomain(text, i + 1, to);
        if (end > 0) {
          return found(start, end);
        }
      }
    }
    return false;
  }

  /** Behind the last dot that two or more letters follow; 0 if there is none. */
  private static int endOfDomain(byte[] text, int from, int to) {
    int end = 0;
    int label = from;
    while (true) {
      int at = label;
      while (at < to && (isDigit(text[at]) || isLetter(text[at]) || text[at] == '-')) {
        at++;
      }
      if (at == label) {
        return end;
      }
      if (label > from) {
        end = Math.max(end, endOfTopLevel(text, label, at));
      }
      if (at == to || text[at] != '.') {
        return end;
      }
      label = at + 1;
    }
  }

  private static int endOfTopLevel(byte[] text, int label, int to) {
    int at = label;
    while (at < to && isLetter(text[at])) {
      at++;
    }
    return at - label >= 2 ? at : 0;
  }

  private static boolean isLocal(byte b) {
    return isWord(b) || b == '.' || b == '%' || b == '+' || b == '-';
  }
}
