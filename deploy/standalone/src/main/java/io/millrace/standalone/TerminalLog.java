package io.millrace.standalone;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.FileAppender;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * While it is open the log goes to a file, for the terminal shows a live block; the last warning is
 * kept for the block. Logging from any thread.
 */
final class TerminalLog implements AutoCloseable {

  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg%n";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final Logger root;
  private final Path file;
  private final List<Appender<ILoggingEvent>> before = new ArrayList<>();
  private final FileAppender<ILoggingEvent> toFile = new FileAppender<>();
  private final Warnings warnings = new Warnings();

  private TerminalLog(Logger root, Path file) {
    this.root = root;
    this.file = file;
  }

  /**
   * @param file written on at its end
   */
  static TerminalLog redirectTo(Path file) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    TerminalLog log = new TerminalLog(context.getLogger(Logger.ROOT_LOGGER_NAME), file);
    log.open(context);
    return log;
  }

  private void open(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    toFile.setContext(context);
    toFile.setFile(file.toString());
    toFile.setEncoder(encoder);
    toFile.start();
    warnings.setContext(context);
    warnings.start();
    root.iteratorForAppenders().forEachRemaining(before::add);
    root.addAppender(toFile);
    root.addAppender(warnings);
    before.forEach(root::detachAppender);
  }

  /** How many warnings there were, the last of them, and where to read all; empty for none. */
  String lastWarning() {
    return warnings.line(file);
  }

  /** The log goes where it went before. */
  @Override
  public void close() {
    before.forEach(root::addAppender);
    root.detachAppender(toFile);
    root.detachAppender(warnings);
    toFile.stop();
    warnings.stop();
  }

  private static final class Warnings extends AppenderBase<ILoggingEvent> {

    private long count;
    private String last = "";

    @Override
    protected synchronized void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        count++;
        String time =
            TIME.format(Instant.ofEpochMilli(event.getTimeStamp()).atZone(ZoneId.systemDefault()));
        last = time + " " + event.getFormattedMessage().replaceAll("\\s+", " ");
      }
    }

    synchronized String line(Path file) {
      return count == 0 ? "" : "%d warnings in %s, last: %s".formatted(count, file, last);
    }
  }
}
