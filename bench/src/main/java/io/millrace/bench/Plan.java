package io.millrace.bench;

import java.io.PrintStream;

/**
 * How much is measured.
 *
 * @param pairs runs of each side, in turn
 * @param items in each run
 * @param warmUpItems before the first, so that the JVM has compiled what it runs; a Collector needs
 *     a tenth
 * @param only cases whose name begins so; empty for all
 */
record Plan(int pairs, long items, long warmUpItems, String only, PrintStream progress) {

  boolean wants(String name) {
    return name.startsWith(only);
  }

  /** A line of progress, beside the figures. */
  void say(String line) {
    progress.println(line);
  }
}
