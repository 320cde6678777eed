package io.millrace.metrics;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Destination;
import io.millrace.delivery.Extent;
import io.millrace.delivery.Stage;
import io.millrace.metrics.delta.DeltaProcessor;
import io.millrace.metrics.prometheus.RemoteWrite;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;
import java.time.Clock;
import java.util.Optional;

/**
 * Delivers every data point: as OTLP, as it is, or by remote write; and, if it is told to, sums
 * delta points, to deliver the sums.
 */
public final class MetricsProcessor implements Role {

  /** By what name delta points are dropped where their sums are delivered. */
  public static final String DELTA_SUMMED = DeltaStage.SUMMED;

  private final Optional<DeltaProcessor> delta;
  private final Optional<Processor> deliveries;

  private MetricsProcessor(Optional<DeltaProcessor> delta, Optional<Processor> deliveries) {
    this.delta = delta;
    this.deliveries = deliveries;
  }

  public static Role start(MetricsConfig config, MeterRegistry registry) {
    MetricsSection metrics = config.metrics();
    Optional<Processor> deliveries =
        metrics.onlySums() ? Optional.empty() : Optional.of(deliver(config, Extent.LIVE, registry));
    return new MetricsProcessor(
        metrics.delta().enabled()
            ? Optional.of(
                DeltaProcessor.start(
                    config.kafka(),
                    config.topics(),
                    metrics.delivery().groupPrefix(),
                    metrics.delta(),
                    registry))
            : Optional.empty(),
        deliveries);
  }

  /** Delivers a part of the topic only, and sums nothing: the sums of then lie there as well. */
  public static Role start(MetricsConfig config, Extent extent, MeterRegistry registry) {
    return deliver(config, extent, registry);
  }

  private static Processor deliver(MetricsConfig config, Extent extent, MeterRegistry registry) {
    return Processor.start(
        Signal.METRICS,
        config.kafka(),
        config.topics().of(Signal.METRICS),
        config.metrics().processor(),
        new Processor.Parts(
            destination -> stage(config.metrics(), destination),
            destination -> open(config.metrics(), destination, registry),
            extent),
        registry);
  }

  private static Stage stage(MetricsSection config, String name) {
    return config.delta().enabled()
        ? new DeltaStage(requireNonNull(config.destinations().get(name)).deltaPoints())
        : Stage.passThrough(Signal.METRICS);
  }

  private static Destination open(MetricsSection config, String name, MeterRegistry registry) {
    MetricsDestination destination = requireNonNull(config.destinations().get(name));
    return destination.isRemoteWrite()
        ? new RemoteWrite(
            name, destination.destination(), destination.remoteWrite(), Clock.systemUTC(), registry)
        : Processor.open(Signal.METRICS, config.processor(), name);
  }

  @Override
  public Optional<String> unready() {
    return delta.flatMap(DeltaProcessor::unready).or(() -> deliveries.flatMap(Processor::unready));
  }

  /** Sums made last are still delivered, if there is time. */
  @Override
  public void close() {
    delta.ifPresent(DeltaProcessor::close);
    deliveries.ifPresent(Processor::close);
  }
}
