package io.millrace.otlp;

/** Bytes that are not the OTLP they claim to be. The message says what is wrong and where. */
public final class MalformedOtlp extends Exception {

  private static final long serialVersionUID = 1L;

  private final String message;

  /**
   * @param message what was found, what was expected, and the byte offset or JSON path; never the
   *     payload
   */
  public MalformedOtlp(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
