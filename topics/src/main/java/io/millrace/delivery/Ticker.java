package io.millrace.delivery;

/**
 * Time that only goes forward, for waits and ages: a wall clock that jumps must not make a pause
 * longer.
 */
@FunctionalInterface
public interface Ticker {

  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some fixed moment. */
  long nanos();
}
