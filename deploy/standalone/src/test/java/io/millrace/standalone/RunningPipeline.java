package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.daemon.ConfigReader;
import io.millrace.otlp.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A pipeline in this JVM, on free ports, with its meters at hand. */
final class RunningPipeline implements AutoCloseable {

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final Pipeline pipeline;

  private RunningPipeline(StandaloneConfig config) {
    pipeline = Pipeline.start(config, registry);
  }

  /**
   * Starts one and returns when it is ready.
   *
   * @param more configuration, {@code key=value} each
   */
  static RunningPipeline start(Path dataDir, String... more) {
    List<String> overrides = new ArrayList<>();
    overrides.add("standalone.data-dir=" + dataDir);
    overrides.add("standalone.kafka-port=0");
    overrides.add("standalone.catch-up-timeout=1m");
    overrides.add("gateway.grpc.port=0");
    overrides.add("gateway.http.port=0");
    overrides.addAll(List.of(more));
    RunningPipeline running =
        new RunningPipeline(
            ConfigReader.read(StandaloneConfig.DEFAULT, Set.of(), null, overrides, Map.of()));
    await().atMost(Duration.ofSeconds(60)).until(() -> running.pipeline.unready().isEmpty());
    return running;
  }

  String grpcUrl() {
    return "http://127.0.0.1:" + pipeline.grpcPort();
  }

  String httpUrl() {
    return "http://127.0.0.1:" + pipeline.httpPort();
  }

  /** The sum over all meters of that name and signal, whatever their other tags; 0 for none. */
  long sum(String name, Signal signal) {
    double sum = 0;
    for (Meter meter : registry.find(name).tag("signal", signal.id()).meters()) {
      sum += meter.measure().iterator().next().getValue();
    }
    return Math.round(sum);
  }

  /** Seconds that the oldest item not settled has waited. */
  double lagSeconds(Signal signal) {
    return registry.get("millrace.lag").tag("signal", signal.id()).gauge().value();
  }

  /**
   * Holds the counters of a pipeline that was closed after it had delivered all of it against each
   * other and against what was sent to it.
   */
  void assertBalanced(Signal signal, long sent) {
    assertThat(sum("millrace.gateway.received.items", signal))
        .as("%s received = sent", signal)
        .isEqualTo(sent);
    assertThat(sum("millrace.gateway.received.items", signal))
        .as("%s received = published + refused + in flight", signal)
        .isEqualTo(
            sum("millrace.gateway.published.items", signal)
                + sum("millrace.gateway.refused.items", signal)
                + sum("millrace.gateway.in.flight.items", signal));
    assertThat(sum("millrace.consumed.items", signal))
        .as(
            "%s consumed = delivered + sampled out + dropped + dead-lettered + rejected + handed back"
                + " + in flight",
            signal)
        .isEqualTo(
            sum("millrace.delivered.items", signal)
                + sum("millrace.sampled.out.items", signal)
                + sum("millrace.dropped.items", signal)
                + sum("millrace.dead.lettered.items", signal)
                + sum("millrace.rejected.items", signal)
                + sum("millrace.handed.back.items", signal)
                + sum("millrace.in.flight.items", signal));
    assertThat(sum("millrace.gateway.published.items", signal))
        .as("%s published = consumed", signal)
        .isEqualTo(sum("millrace.consumed.items", signal));
    assertThat(sum("millrace.in.flight.items", signal)).as("%s in flight", signal).isZero();
    assertThat(sum("millrace.gateway.in.flight.items", signal))
        .as("%s in flight in the gateway", signal)
        .isZero();
  }

  /** Drains: everything acknowledged is delivered when this returns, if the backend is there. */
  @Override
  public void close() {
    pipeline.close();
  }
}
