package io.millrace.logs;

import io.millrace.daemon.Daemon;

/** Runs the logs processor as a process of its own. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(
        Daemon.run("logs", LogsConfig.DEFAULT, LogsConfig::admin, LogsProcessor::start, args));
  }
}
