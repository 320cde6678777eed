package io.millrace.traces;

import io.millrace.daemon.Daemon;

/** Runs the traces processor as a process of its own. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(
        Daemon.runRereading(
            "traces", TracesConfig.DEFAULT, TracesConfig::admin, TracesProcessor::start, args));
  }
}
