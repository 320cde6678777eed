package io.millrace.standalone;

import java.util.Deque;

/**
 * Closes what was started, in reverse, whatever fails on the way. The interrupt that ends a start
 * does not cut the closing short.
 */
final class LastFirst {

  private LastFirst() {}

  /**
   * @param started the last one first; empty afterwards
   * @throws RuntimeException the first failure, the others suppressed in it
   */
  static void close(Deque<? extends AutoCloseable> started) {
    boolean interrupted = Thread.interrupted();
    try {
      closeAll(started);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void closeAll(Deque<? extends AutoCloseable> started) {
    RuntimeException first = null;
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        RuntimeException failure =
            e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
