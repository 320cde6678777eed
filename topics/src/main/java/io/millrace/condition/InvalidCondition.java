package io.millrace.condition;

/** A text that is no condition, or one that asks for what is not supported. */
public final class InvalidCondition extends Exception {

  private static final long serialVersionUID = 1L;

  private final int position;
  private final String found;
  private final String expected;

  /**
   * @param position offset of the first character that is wrong, from 0
   * @param found what stands there
   * @param expected the rule it breaks
   */
  public InvalidCondition(int position, String found, String expected) {
    super("%s at character %d (expected: %s)".formatted(found, position + 1, expected));
    this.position = position;
    this.found = found;
    this.expected = expected;
  }

  public int position() {
    return position;
  }

  public String found() {
    return found;
  }

  public String expected() {
    return expected;
  }
}
