package io.millrace.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Stage;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;

/** Delivers every data point as it is. */
public final class MetricsProcessor {

  private MetricsProcessor() {}

  public static Role start(MetricsConfig config, MeterRegistry registry) {
    return Processor.start(
        Signal.METRICS,
        config.kafka(),
        config.topics().of(Signal.METRICS),
        config.metrics(),
        destination -> Stage.passThrough(Signal.METRICS),
        registry);
  }
}
