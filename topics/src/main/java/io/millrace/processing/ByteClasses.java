package io.millrace.processing;

import java.util.Arrays;

/** Which of a few kinds of bytes a text has: what a pattern needs must be there for it to match. */
final class ByteClasses {

  static final int DIGIT = 1;
  static final int DOT = 1 << 1;
  static final int COLON = 1 << 2;
  static final int AT = 1 << 3;
  static final int SPACE = 1 << 4;

  private static final byte[] CLASS = new byte[1 << Byte.SIZE];

  static {
    Arrays.fill(CLASS, '0', '9' + 1, (byte) DIGIT);
    CLASS['.'] = DOT;
    CLASS[':'] = COLON;
    CLASS['@'] = AT;
    CLASS[' '] = SPACE;
  }

  private ByteClasses() {}

  static int of(byte[] text, int from, int to) {
    int classes = 0;
    for (int i = from; i < to; i++) {
      classes |= CLASS[text[i] & 0xff];
    }
    return classes;
  }
}
