package io.millrace.standalone;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
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
 * else is logged, a line each; stack traces only at debug level. An endpoint that is away makes
 * every exporter complain: a logger gets one line in ten seconds, which counts those left out.
 */
final class JulToSlf4j extends Handler {

  private static final long QUIET_NANOS = 10_000_000_000L;

  private final Formatter formatter = new SimpleFormatter();
  private final LongSupplier nanoTime;
  private final Map<String, Quiet> byLogger = new HashMap<>();

  /** What a logger may say next, and what it has not said. */
  private static final class Quiet {
    private long untilNanos;
    private long leftOut;
  }

  JulToSlf4j(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Takes the place of all handlers there are. */
  static void install() {
    LogManager.getLogManager().reset();
    java.util.logging.Logger.getLogger("").addHandler(new JulToSlf4j(System::nanoTime));
  }

  @Override
  public void publish(LogRecord record) {
    if (!isLoggable(record)) {
      return;
    }
    String name = record.getLoggerName() == null ? "java.util.logging" : record.getLoggerName();
    Logger log = LoggerFactory.getLogger(name);
    String line = line(record);
    log.debug("{}", line, record.getThrown());
    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      long leftOut = leftOut(name);
      if (leftOut >= 0) {
        log.warn("{}{}", line, leftOut == 0 ? "" : " (%d more were left out)".formatted(leftOut));
      }
    }
  }

  /** How many lines were left out before this one; -1 if this one is, too. */
  private synchronized long leftOut(String name) {
    long now = nanoTime.getAsLong();
    Quiet quiet = byLogger.get(name);
    if (quiet != null && now - quiet.untilNanos < 0) {
      quiet.leftOut++;
      return -1;
    }
    Quiet next = new Quiet();
    next.untilNanos = now + QUIET_NANOS;
    byLogger.put(name, next);
    return quiet == null ? 0 : quiet.leftOut;
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
