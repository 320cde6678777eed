package io.millrace.standalone;

import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what libraries log by {@code java.util.logging} (the OpenTelemetry SDK, gRPC) to where all
 * else is logged, a line each; stack traces only at debug level.
 */
final class JulToSlf4j extends Handler {

  private final Formatter formatter = new SimpleFormatter();

  private JulToSlf4j() {}

  /** Takes the place of all handlers there are. */
  static void install() {
    LogManager.getLogManager().reset();
    java.util.logging.Logger.getLogger("").addHandler(new JulToSlf4j());
  }

  @Override
  public void publish(LogRecord record) {
    if (!isLoggable(record)) {
      return;
    }
    String name = record.getLoggerName() == null ? "java.util.logging" : record.getLoggerName();
    Logger log = LoggerFactory.getLogger(name);
    String line = line(record);
    if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
      log.error("{}", line);
    } else if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      log.warn("{}", line);
    } else {
      log.debug("{}", line);
    }
    if (record.getThrown() != null) {
      log.debug("{}", line, record.getThrown());
    }
  }

  private String line(LogRecord record) {
    String message = formatter.formatMessage(record).replaceAll("\\s+", " ");
    Throwable thrown = record.getThrown();
    return thrown == null ? message : message + " (" + thrown + ")";
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
