package io.millrace.processing;

/**
 * An address in the text form of RFC 4291, of which no letter, digit or underscore stands before or
 * behind, and no colon before: eight groups of one to four hex digits, of which {@code ::} may
 * stand for one or more once, and an IPv4 address for the last two. {@code ::} alone is none.
 */
final class Ipv6 extends TextPattern {

  private static final int GROUPS = 8;

  @Override
  int needs() {
    return ByteClasses.COLON;
  }

  @Override
  int shortest() {
    return "::1".length();
  }

  @Override
  boolean find(byte[] text, int from, int at, int to) {
    for (int i = at; i < to; i++) {
      if ((isHex(text[i]) || text[i] == ':') && (i == from || !belongs(text[i - 1]))) {
        int end = i;
        while (end < to && (isHex(text[end]) || text[end] == ':' || text[end] == '.')) {
          end++;
        }
        int address = longest(text, i, end, to);
        if (address > 0) {
          return found(i, address);
        }
        while (i + 1 < to && belongs(text[i + 1])) {
          i++;
        }
      }
    }
    return false;
  }

  private static boolean belongs(byte b) {
    return isWord(b) || b == ':';
  }

  /** The run may end with a colon or a full stop that are not part of the address. */
  private static int longest(byte[] text, int from, int end, int to) {
    int at = end;
    while (at > from + 2) {
      boolean alone = at == to || !isWord(text[at]);
      if (alone && isAddress(text, from, at)) {
        return at;
      }
      if (text[at - 1] != '.' && text[at - 1] != ':') {
        return 0;
      }
      at--;
    }
    return 0;
  }

  private static boolean isAddress(byte[] text, int from, int to) {
    int groups = 0;
    boolean shortened = false;
    int at = from;
    if (text[at] == ':') {
      if (text[at + 1] != ':') {
        return false;
      }
      shortened = true;
      at += 2;
    }
    while (at < to) {
      if (groups <= GROUPS - 2 && Ipv4.end(text, at, to) == to) {
        return complete(groups + 2, shortened);
      }
      int group = at;
      while (at < to && isHex(text[at])) {
        at++;
      }
      if (at == group || at - group > 4 || ++groups > GROUPS) {
        return false;
      }
      if (at == to) {
        return complete(groups, shortened);
      }
      if (text[at++] != ':' || at == to) {
        return false;
      }
      if (text[at] == ':') {
        if (shortened) {
          return false;
        }
        shortened = true;
        at++;
      }
    }
    return groups > 0 && complete(groups, shortened);
  }

  private static boolean complete(int groups, boolean shortened) {
    return shortened ? groups < GROUPS : groups == GROUPS;
  }
}
