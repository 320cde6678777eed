package io.millrace.chaos;

import java.time.Duration;

/** Lets threads pass or has them wait. Any thread. */
final class Gate {

  private boolean open = true;

  synchronized void shut() {
    open = false;
  }

  synchronized void open() {
    open = true;
    notifyAll();
  }

  synchronized void pass() throws InterruptedException {
    while (!open) {
      wait();
    }
  }

  /** Nobody waits longer than so. */
  synchronized void pass(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    long left = longest.toMillis();
    while (!open && left > 0) {
      wait(left);
      left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    }
  }
}
