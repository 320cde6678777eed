package io.millrace.daemon;

/**
 * A configuration value that cannot be used. The message is one line, {@code key: found (expected:
 * rule)}, made for the person who wrote the file.
 *
 * <p>A config record names the key relative to itself ({@code max-bytes}), or gives an empty key
 * for a rule about the record as a whole; {@link ConfigReader} adds the path that leads to it.
 */
public final class InvalidConfig extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String key;
  private final String found;
  private final String expected;

  /**
   * @param key the key as the user typed it, its parts joined by dots
   * @param found the value found, never a secret
   * @param expected the rule the value breaks
   */
  public InvalidConfig(String key, Object found, String expected) {
    super("%s: %s (expected: %s)".formatted(Shown.line(key), Shown.value(found), expected));
    this.key = key;
    this.found = Shown.value(found);
    this.expected = expected;
  }

  /** The same complaint seen from one level further out. */
  public InvalidConfig under(String path) {
    if (path.isEmpty()) {
      return this;
    }
    return new InvalidConfig(key.isEmpty() ? path : path + "." + key, found, expected);
  }

  /** The same complaint of another key, such as an option that stands for this one. */
  public InvalidConfig at(String otherKey) {
    return new InvalidConfig(otherKey, found, expected);
  }
}
