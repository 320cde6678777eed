package io.millrace.daemon;

import java.util.concurrent.CountDownLatch;

/**
 * SIGTERM and Ctrl-C turned into an orderly end with an exit status of our own.
 *
 * <p>The JVM runs its shutdown hooks on a signal and halts with 128 + signal when they return. So
 * the hook asks the main thread to stop, waits until that has closed everything, and halts with the
 * status the main thread gives. It waits for {@link #closed} and not for the end of the main
 * thread, which may by then hang in {@code System.exit}, waiting for the hooks.
 */
final class StopSignal {

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread main = Thread.currentThread();
  private final Thread hook = new Thread(this::stop, "stop");
  private boolean starting = true;
  private volatile int status;

  /** Listens from now on; the calling thread is the main thread. */
  static StopSignal install() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  private void stop() {
    synchronized (this) {
      requested.countDown();
      if (starting) {
        main.interrupt();
      }
    }
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }

  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** From now on a stop no longer interrupts the main thread: closing must not be cut short. */
  synchronized void started() {
    starting = false;
    Thread.interrupted();
  }

  void await() throws InterruptedException {
    requested.await();
  }

  /** Everything is closed; the process ends with {@code exitStatus}. */
  void closed(int exitStatus) {
    status = exitStatus;
    closed.countDown();
    if (!isRequested()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The signal came just now. The hook finds all closed and halts with the same status.
      }
    }
  }
}
