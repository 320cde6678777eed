package io.millrace.broker;

/** Why the broker does not run: one line for the person at the terminal. */
public final class BrokerCannotStart extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  BrokerCannotStart(String message, Throwable cause) {
    super(message, cause);
  }

  BrokerCannotStart(String message) {
    super(message);
  }
}
