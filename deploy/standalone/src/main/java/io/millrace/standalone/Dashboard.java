package io.millrace.standalone;

import io.millrace.otlp.Signal;
import io.millrace.standalone.Throughput.Rates;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a person what the pipeline does, from a thread of its own: on a terminal a live block, else
 * a log line per signal now and then.
 */
final class Dashboard implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Dashboard.class);

  private static final Duration REDRAW = Duration.ofSeconds(1);
  private static final Duration LOG = Duration.ofSeconds(10);

  private final Throughput throughput;
  private final Consumer<Map<Signal, Rates>> show;
  private final Runnable end;
  private final long periodNanos;
  private final Thread thread = new Thread(this::show, "dashboard");
  private final CountDownLatch closed = new CountDownLatch(1);

  private Dashboard(
      Throughput throughput, Consumer<Map<Signal, Rates>> show, Runnable end, Duration period) {
    this.throughput = throughput;
    this.show = show;
    this.end = end;
    this.periodNanos = period.toNanos();
    thread.setDaemon(true);
  }

  /** Draws a live block every second. */
  static Dashboard live(PipelineStats stats, LiveBlock block) {
    Throughput throughput = new Throughput(stats, System::nanoTime);
    return new Dashboard(throughput, block::draw, block::close, REDRAW).start();
  }

  /** Logs a line per signal every ten seconds. */
  static Dashboard logged(PipelineStats stats) {
    Throughput throughput = new Throughput(stats, System::nanoTime);
    return new Dashboard(throughput, rates -> rates.forEach(Dashboard::log), () -> {}, LOG).start();
  }

  private Dashboard start() {
    thread.start();
    return this;
  }

  /** Shows once a period, and a last time at the end. */
  private void show() {
    try {
      while (!closed.await(periodNanos, TimeUnit.NANOSECONDS)) {
        showOnce();
      }
      showOnce();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end.run();
    }
  }

  /** A display that fails must not end the watching, let alone the pipeline. */
  private void showOnce() {
    try {
      show.accept(throughput.next());
    } catch (RuntimeException e) {
      log.warn("the display failed", e);
    }
  }

  private static void log(Signal signal, Rates rates) {
    log.info("{}", line(signal, rates));
  }

  static String line(Signal signal, Rates rates) {
    return String.format(
        Locale.ROOT,
        "%s: received %.1f/s, delivered %.1f/s, sampled out %d, dead-lettered %d, lag %.1f s",
        signal.id(),
        rates.received(),
        rates.delivered(),
        rates.now().sampledOut(),
        rates.now().deadLettered(),
        rates.now().lagSeconds());
  }

  /** Shows the last figures and gives the terminal back. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
