package io.millrace.logs;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Stage;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;

/** Delivers every log record as it is. */
public final class LogsProcessor {

  private LogsProcessor() {}

  public static Role start(LogsConfig config, MeterRegistry registry) {
    return Processor.start(
        Signal.LOGS,
        config.kafka(),
        config.topics().of(Signal.LOGS),
        config.logs(),
        destination -> Stage.passThrough(Signal.LOGS),
        registry);
  }
}
