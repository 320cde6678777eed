package io.millrace.daemon;

import org.jspecify.annotations.Nullable;

/**
 * A start that failed for a reason outside the program, such as a busy port or a directory that
 * cannot be written. The message is one clear line, and all that the user sees; the process ends
 * with status 1.
 */
public final class CannotStart extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message one line that says what was tried, what was found and what was expected
   */
  public CannotStart(String message, @Nullable Throwable cause) {
    super(Shown.line(message), cause);
  }

  /**
   * @param key the configuration key whose value cannot be used here and now
   * @param found its value
   * @param expected what would have to be true
   */
  public CannotStart(String key, Object found, String expected, @Nullable Throwable cause) {
    this("%s: %s (expected: %s)".formatted(key, Shown.value(found), expected), cause);
  }

  /** The port of {@code key} cannot be listened on; {@code cause} tells whether it is taken. */
  public static CannotStart cannotListen(String key, int port, Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    // The JDK says "Address already in use", Netty "bind(..) failed: Address already in use".
    String expected =
        reason.contains("in use")
            ? "a free port; another process listens there"
            : "a port this process may open; " + reason;
    return new CannotStart(key, port, expected, cause);
  }
}
