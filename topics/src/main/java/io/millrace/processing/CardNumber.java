package io.millrace.processing;

/**
 * 13 to 19 digits, in groups that a single space or hyphen parts, of which no digit stands before
 * or behind, that begin as payment cards do (3 to 6, or 2221 to 2720) and whose Luhn sum is right.
 * Of groups that could be read in several ways the first and longest reading counts.
 */
final class CardNumber extends TextPattern {

  private static final int MIN_DIGITS = 13;
  private static final int MAX_DIGITS = 19;

  private final byte[] digits = new byte[MAX_DIGITS];

  @Override
  int needs() {
    return ByteClasses.DIGIT;
  }

  @Override
  int shortest() {
    return MIN_DIGITS;
  }

  @Override
  boolean find(byte[] text, int from, int at, int to) {
    for (int i = at; i < to; i++) {
      if (isDigit(text[i]) && (i == from || !isDigit(text[i - 1]))) {
        int end = longest(text, i, to);
        if (end > 0) {
          return found(i, end);
        }
        i = endOfGroup(text, i, to) - 1;
      }
    }
    return false;
  }

  @Override
  boolean matchesNumbers() {
    return true;
  }

  /** Where the longest card number that begins here ends; 0 if there is none. */
  private int longest(byte[] text, int at, int to) {
    int count = 0;
    int longest = 0;
    int group = at;
    while (group < to && isDigit(text[group])) {
      int end = endOfGroup(text, group, to);
      if (count + end - group > MAX_DIGITS) {
        break;
      }
      for (int i = group; i < end; i++) {
        digits[count++] = (byte) (text[i] - '0');
      }
      if (count >= MIN_DIGITS && isCard(count)) {
        longest = end;
      }
      boolean parted = end < to && (text[end] == ' ' || text[end] == '-');
      group = parted ? end + 1 : to;
    }
    return longest;
  }

  private static int endOfGroup(byte[] text, int at, int to) {
    int end = at;
    while (end < to && isDigit(text[end])) {
      end++;
    }
    return end;
  }

  private boolean isCard(int count) {
    int first = digits[0];
    int four = first * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    if ((first < 3 || first > 6) && (four < 2221 || four > 2720)) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int digit = digits[count - 1 - i] << (i & 1);
      sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
  }
}
