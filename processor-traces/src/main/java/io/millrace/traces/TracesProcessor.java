package io.millrace.traces;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Stage;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;

/** Delivers every span. The tail sampler will be this processor's {@link Stage}. */
public final class TracesProcessor {

  private TracesProcessor() {}

  public static Role start(TracesConfig config, MeterRegistry registry) {
    return Processor.start(
        Signal.TRACES,
        config.kafka(),
        config.topics().traces(),
        config.traces(),
        () -> Stage.passThrough(Signal.TRACES),
        registry);
  }
}
