package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came of a load.
 *
 * @param lost items acknowledged and not delivered
 * @param again items delivered once more
 * @param longestStall longest time in which nothing of one signal was delivered
 */
record Outcome(int sent, int acknowledged, int lost, int again, Duration longestStall) {

  static final Outcome NONE = new Outcome(0, 0, 0, 0, Duration.ZERO);

  private static final Logger log = LoggerFactory.getLogger(Outcome.class);

  Outcome and(Outcome other) {
    return new Outcome(
        sent + other.sent,
        acknowledged + other.acknowledged,
        lost + other.lost,
        again + other.again,
        longestStall.compareTo(other.longestStall) > 0 ? longestStall : other.longestStall);
  }

  /** Asserts that nothing is lost, and writes the line of the table in docs/guarantees.md. */
  void report(String fault, int rounds) {
    String line =
        String.format(
            Locale.ROOT,
            "| %s | %d | %,d | %,d | %d | %,d | %.1f s |",
            fault,
            rounds,
            sent,
            acknowledged,
            lost,
            again,
            longestStall.toMillis() / 1000.0);
    log.info("{}", line);
    try {
      Files.write(
          Path.of(System.getProperty("chaos.results", "target/results.md")),
          List.of(line),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(lost).as("acknowledged and lost").isZero();
  }
}
