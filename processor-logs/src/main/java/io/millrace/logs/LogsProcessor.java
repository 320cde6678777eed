package io.millrace.logs;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Destination;
import io.millrace.delivery.Extent;
import io.millrace.delivery.Stage;
import io.millrace.destination.DestinationConfig;
import io.millrace.logs.loki.LokiPush;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;
import java.time.Clock;

/** Delivers every log record: as OTLP, as it is, or by Loki's push API. */
public final class LogsProcessor {

  private LogsProcessor() {}

  public static Role start(LogsConfig config, MeterRegistry registry) {
    return start(config, Extent.LIVE, registry);
  }

  /** Delivers a part of the topic only. */
  public static Role start(LogsConfig config, Extent extent, MeterRegistry registry) {
    return Processor.start(
        Signal.LOGS,
        config.kafka(),
        config.topics().of(Signal.LOGS),
        config.logs().processor(),
        new Processor.Parts(
            destination -> Stage.passThrough(Signal.LOGS),
            destination -> open(config.logs(), destination, registry),
            extent),
        registry);
  }

  private static Destination open(LogsSection config, String name, MeterRegistry registry) {
    LogsDestination destination = requireNonNull(config.destinations().get(name));
    if (!destination.isPush()) {
      return Processor.open(Signal.LOGS, config.processor(), name);
    }
    boolean inOrder = destination.destination().order() != DestinationConfig.Order.NONE;
    return new LokiPush(
        name,
        destination.complete(),
        destination.loki(),
        inOrder ? 1 : config.delivery().maxRequestsInFlight(),
        Clock.systemUTC(),
        registry);
  }
}
