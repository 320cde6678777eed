package io.millrace.daemon;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A process for {@link DaemonStopTest}. It tells on stdout what happens to it. */
final class StoppableRole implements Role {

  private StoppableRole() {}

  public static void main(String[] args) {
    String behaviour = System.getProperty("behaviour");
    System.exit(
        Daemon.run(
            "stoppable",
            SampleConfig.DEFAULT,
            SampleConfig::admin,
            (config, metrics) -> start(behaviour),
            args));
  }

  private static Role start(String behaviour) throws InterruptedException {
    if (behaviour.equals("hang")) {
      say("hanging");
      new CountDownLatch(1).await();
    }
    return new StoppableRole();
  }

  @Override
  public Optional<String> unready() {
    say("asked");
    return Optional.empty();
  }

  @Override
  public void close() {
    say("closing");
    if (System.getProperty("behaviour").equals("drain")) {
      readLine();
    }
    if (System.getProperty("behaviour").equals("break")) {
      throw new IllegalStateException("could not flush");
    }
    say("closed");
  }

  /** Draining takes until the test says so. */
  private static void readLine() {
    try {
      while (System.in.read() != '\n') {}
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void say(String what) {
    System.out.println(what);
    System.out.flush();
  }
}
