package io.millrace.daemon;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** A {@link Starter} of a role that reads part of its configuration again while it runs. */
@FunctionalInterface
public interface RereadingStarter<C extends Record> {

  /**
   * Starts the role as {@link Starter#start} does.
   *
   * @param reread reads the configuration again, from the file and with the options the process was
   *     started with; throws {@link InvalidConfig} as the first reading would. Any thread
   */
  Role start(C config, MeterRegistry metrics, Supplier<C> reread) throws Exception;
}
