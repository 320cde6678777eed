package io.millrace.daemon;

import java.util.Optional;

/** A running part of Millrace: the gateway, a processor, the standalone pipeline. */
public interface Role extends AutoCloseable {

  /**
   * Why this role cannot do its work now, in one line for {@code /ready}; empty when it can. Called
   * from the admin port's threads.
   */
  Optional<String> unready();

  /**
   * Stops taking work, finishes what is in flight within its configured deadline, and frees all.
   */
  @Override
  void close();
}
