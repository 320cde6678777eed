package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class TerminalLogTest {

  private static final org.slf4j.Logger log = LoggerFactory.getLogger("io.millrace.test");

  @TempDir Path dir;

  @Test
  void shouldWriteAllToTheFileAndKeepTheLastWarning() throws Exception {
    Path file = dir.resolve("millrace.log");
    try (TerminalLog terminalLog = TerminalLog.redirectTo(file)) {
      assertThat(terminalLog.lastWarning()).isEmpty();

      log.info("as usual");
      log.warn("backend {} away", "one");
      log.error("backend two\naway");

      assertThat(terminalLog.lastWarning())
          .startsWith("2 warnings in " + file + ", last: ")
          .endsWith(" backend two away");
    }
    log.warn("after the end");

    assertThat(Files.readString(file))
        .contains("INFO  test - as usual", "WARN  test - backend one away", "ERROR test")
        .doesNotContain("after the end");
  }

  @Test
  void shouldTakeInWhatLibrariesLogInTheOtherWay() throws Exception {
    Path file = dir.resolve("millrace.log");
    JulToSlf4j.install();
    try (TerminalLog terminalLog = TerminalLog.redirectTo(file)) {
      Logger library = Logger.getLogger("io.opentelemetry.exporter");

      library.log(Level.SEVERE, "export failed\nfor good", new IllegalStateException("why"));

      assertThat(terminalLog.lastWarning())
          .endsWith("export failed for good (java.lang.IllegalStateException: why)");
    }
    assertThat(Files.readAllLines(file))
        .hasSize(1)
        .first()
        .asString()
        .contains("WARN  exporter - ");
  }

  @Test
  void shouldCountWhatALibraryRepeatsInsteadOfRepeatingIt() throws Exception {
    Path file = dir.resolve("millrace.log");
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    JulToSlf4j handler = new JulToSlf4j(nanos::get);
    try (TerminalLog terminalLog = TerminalLog.redirectTo(file)) {
      publish(handler, "first");
      nanos.addAndGet(9_999_999_999L);
      publish(handler, "second");
      publish(handler, "third");
      nanos.addAndGet(1);

      publish(handler, "fourth");

      assertThat(terminalLog.lastWarning()).endsWith("fourth (2 more were left out)");
    }
    assertThat(Files.readAllLines(file)).hasSize(2).first().asString().endsWith(" - first");
  }

  private static void publish(JulToSlf4j handler, String message) {
    LogRecord record = new LogRecord(Level.WARNING, message);
    record.setLoggerName("io.opentelemetry.exporter");
    handler.publish(record);
  }
}
