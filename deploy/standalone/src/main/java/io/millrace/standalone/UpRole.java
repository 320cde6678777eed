package io.millrace.standalone;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What {@code up} runs: the pipeline, the demo shop if asked for, and what a person sees of both.
 */
final class UpRole implements Role {

  private final Pipeline pipeline;
  private final Deque<AutoCloseable> started;

  private UpRole(Pipeline pipeline, Deque<AutoCloseable> started) {
    this.pipeline = pipeline;
    this.started = started;
  }

  /**
   * @param reread gives the configuration as it is now
   * @param demoRate visits to the demo shop per second; 0 for no shop
   */
  static UpRole start(
      StandaloneConfig config,
      MeterRegistry registry,
      Supplier<StandaloneConfig> reread,
      double demoRate) {
    Deque<AutoCloseable> started = new ArrayDeque<>();
    try {
      return new UpRole(start(config, registry, reread, demoRate, started), started);
    } catch (RuntimeException e) {
      LastFirst.close(started);
      throw e;
    }
  }

  private static Pipeline start(
      StandaloneConfig config,
      MeterRegistry registry,
      Supplier<StandaloneConfig> reread,
      double demoRate,
      Deque<AutoCloseable> started) {
    JulToSlf4j.install();
    Pipeline.requireWritable(config.standalone().dataDir());
    Terminal terminal = Terminal.of(System.getProperties());
    Optional<TerminalLog> log = Optional.empty();
    if (terminal.live()) {
      log = Optional.of(TerminalLog.redirectTo(config.logFile()));
      started.push(log.get());
    }
    Pipeline pipeline = Pipeline.start(config, registry, reread);
    Banner.lines(config, pipeline).forEach(System.out::println);
    started.push(dashboard(terminal, log, new MeterStats(registry)));
    started.push(pipeline);
    if (demoRate > 0) {
      started.push(DemoShop.start("grpc://127.0.0.1:" + pipeline.grpcPort(), demoRate));
    }
    return pipeline;
  }

  private static Dashboard dashboard(
      Terminal terminal, Optional<TerminalLog> log, PipelineStats stats) {
    return log.map(
            to ->
                Dashboard.live(
                    stats, new LiveBlock(System.out, terminal.columns(), to::lastWarning)))
        .orElseGet(() -> Dashboard.logged(stats));
  }

  @Override
  public Optional<String> unready() {
    return pipeline.unready();
  }

  /** The shop sends what it has told before the gateway closes; the display shows it to the end. */
  @Override
  public void close() {
    LastFirst.close(started);
  }
}
