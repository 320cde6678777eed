package io.millrace.standalone;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.ConfigOptions;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.Role;
import io.millrace.otlp.Signal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code up}: runs the whole pipeline until Ctrl-C. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Runs Kafka, the gateway and the three processors in this process.")
final class UpCommand implements Callable<Integer> {

  /** Name of the destination that {@code --traces-to} and its kin configure. */
  private static final String DESTINATION = "default";

  @Mixin private final ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where Kafka's log and the output lie. Default: ./millrace-data")
  private @Nullable Path dataDir;

  @Option(
      names = "--traces-to",
      paramLabel = "URL",
      description = "Deliver traces there: http://, https://, grpc://, grpcs:// or file:.")
  private @Nullable String tracesTo;

  @Option(names = "--metrics-to", paramLabel = "URL", description = "Deliver metrics there.")
  private @Nullable String metricsTo;

  @Option(names = "--logs-to", paramLabel = "URL", description = "Deliver logs there.")
  private @Nullable String logsTo;

  @Option(
      names = "--demo",
      description =
          "Also run a shop of six services that sends telemetry, and, unless the configuration has"
              + " policies, sample its traces by those of processor-traces/example.yaml.")
  private boolean demo;

  @Option(
      names = "--demo-rate",
      paramLabel = "N",
      description = "Visits to the shop per second. Default: ${DEFAULT-VALUE}",
      defaultValue = "5")
  private double demoRate;

  @Override
  public Integer call() {
    StandaloneConfig config = read();
    return Daemon.serve("millrace", config, config.admin(), this::start);
  }

  private StandaloneConfig read() {
    StandaloneConfig config = options.read(StandaloneConfig.DEFAULT, derived());
    return demo && config.traces().policyNames().isEmpty() ? config.withExamplePolicies() : config;
  }

  /** What the options of this command say in terms of configuration keys. */
  private List<String> derived() {
    List<String> overrides = new ArrayList<>();
    if (dataDir != null) {
      overrides.add("standalone.data-dir=" + dataDir);
    }
    destination(overrides, Signal.TRACES, tracesTo);
    destination(overrides, Signal.METRICS, metricsTo);
    destination(overrides, Signal.LOGS, logsTo);
    return overrides;
  }

  private static void destination(List<String> overrides, Signal signal, @Nullable String url) {
    if (url != null) {
      overrides.add("%s.destinations.%s.url=%s".formatted(signal.id(), DESTINATION, url));
    }
  }

  private Role start(StandaloneConfig config, MeterRegistry registry) {
    return UpRole.start(config, registry, this::read, demo ? demoRate : 0);
  }
}
