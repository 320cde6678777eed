package io.millrace.metrics;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Destination;
import io.millrace.delivery.Extent;
import io.millrace.delivery.Stage;
import io.millrace.metrics.prometheus.RemoteWrite;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;
import java.time.Clock;

/** Delivers every data point: as OTLP, as it is, or by remote write. */
public final class MetricsProcessor {

  private MetricsProcessor() {}

  public static Role start(MetricsConfig config, MeterRegistry registry) {
    return start(config, Extent.LIVE, registry);
  }

  /** Delivers a part of the topic only. */
  public static Role start(MetricsConfig config, Extent extent, MeterRegistry registry) {
    return Processor.start(
        Signal.METRICS,
        config.kafka(),
        config.topics().of(Signal.METRICS),
        config.metrics().processor(),
        new Processor.Parts(
            destination -> Stage.passThrough(Signal.METRICS),
            destination -> open(config.metrics(), destination, registry),
            extent),
        registry);
  }

  private static Destination open(MetricsSection config, String name, MeterRegistry registry) {
    MetricsDestination destination = requireNonNull(config.destinations().get(name));
    return destination.isRemoteWrite()
        ? new RemoteWrite(
            name, destination.destination(), destination.remoteWrite(), Clock.systemUTC(), registry)
        : Processor.open(Signal.METRICS, config.processor(), name);
  }
}
