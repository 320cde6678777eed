package io.millrace.standalone;

import java.util.Deque;

/** Closes what was started, in reverse, whatever fails on the way. */
final class LastFirst {

  private LastFirst() {}

  /**
   * @param started the last one first; empty afterwards
   * @throws RuntimeException the first failure, the others suppressed in it
   */
  static void close(Deque<? extends AutoCloseable> started) {
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
