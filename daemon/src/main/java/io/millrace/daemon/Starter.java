package io.millrace.daemon;

import io.micrometer.core.instrument.MeterRegistry;

/** Wires the parts of a role together and sets them going. */
@FunctionalInterface
public interface Starter<C extends Record> {

  /**
   * Starts the role, on the main thread. If it fails, what it had started is closed again. A stop
   * requested meanwhile interrupts the thread.
   *
   * @throws CannotStart for a reason outside the program, told to the user in one line
   * @throws InvalidConfig for a value found wrong only now
   */
  Role start(C config, MeterRegistry metrics) throws Exception;
}
