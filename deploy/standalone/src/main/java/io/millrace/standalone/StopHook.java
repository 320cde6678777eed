package io.millrace.standalone;

import java.util.concurrent.CountDownLatch;

/**
 * SIGTERM and Ctrl-C as a request to the main thread, and the exit status it then decides. The JVM
 * would halt with 128 + signal as soon as its hooks return, so the hook waits for the main thread
 * and halts itself.
 */
final class StopHook implements AutoCloseable {

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;
  private volatile int status = 1;

  private StopHook(Runnable stop) {
    hook = new Thread(() -> stopAndHalt(stop), "stop");
  }

  /**
   * @param stop asks the main thread to end; called on the hook's thread
   */
  static StopHook install(Runnable stop) {
    StopHook installed = new StopHook(stop);
    Runtime.getRuntime().addShutdownHook(installed.hook);
    return installed;
  }

  private void stopAndHalt(Runnable stop) {
    stop.run();
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(status);
  }

  /** What the process ends with if a signal ends it. */
  void exitStatus(int exitStatus) {
    status = exitStatus;
  }

  /** The main thread has done all there was to do. */
  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException stopping) {
      // The hook runs already, and halts with the status given.
    }
  }
}
