package io.millrace.processing;

/** {@code Bearer}, in any case, spaces, and a token of RFC 6750: the whole of it. */
final class BearerToken extends TextPattern {

  private static final byte[] WORD = {'b', 'e', 'a', 'r', 'e', 'r'};

  @Override
  int needs() {
    return ByteClasses.SPACE;
  }

  @Override
  int shortest() {
    return "Bearer x".length();
  }

  @Override
  boolean find(byte[] text, int from, int at, int to) {
    for (int i = at; i + WORD.length < to; i++) {
      if ((text[i] | 0x20) == 'b' && isWord(text, i) && (i == from || !isWord(text[i - 1]))) {
        int token = i + WORD.length;
        while (token < to && text[token] == ' ') {
          token++;
        }
        int end = token;
        while (end < to && isToken(text[end])) {
          end++;
        }
        if (end > token && token > i + WORD.length) {
          return found(i, end);
        }
      }
    }
    return false;
  }

  private static boolean isWord(byte[] text, int at) {
    for (int i = 0; i < WORD.length; i++) {
      if ((text[at + i] | 0x20) != WORD[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isToken(byte b) {
    return isDigit(b)
        || isLetter(b)
        || switch (b) {
          case '-', '.', '_', '~', '+', '/', '=' -> true;
          default -> false;
        };
  }
}
