package io.millrace.metrics;

import io.millrace.daemon.Daemon;

/** Runs the metrics processor as a process of its own. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(
        Daemon.run(
            "metrics", MetricsConfig.DEFAULT, MetricsConfig::admin, MetricsProcessor::start, args));
  }
}
