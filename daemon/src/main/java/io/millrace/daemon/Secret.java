package io.millrace.daemon;

/**
 * A configuration value that must not be seen: its text form is a mask, in logs, errors and {@code
 * /config} alike.
 *
 * @param value the value itself
 */
public record Secret(String value) {

  static final String MASK = "********";

  @Override
  public String toString() {
    return MASK;
  }
}
