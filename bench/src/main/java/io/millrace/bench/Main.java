package io.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run}: what is measured, and how the figures are shown. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    description = "Measures Millrace beside the OpenTelemetry Collector, on the loopback.")
public final class Main {

  @Option(
      names = "--collector",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "PATH",
      description =
          "An OpenTelemetry Collector to measure beside; bench/README.md says how to get one.")
  private Path collector = Path.of("");

  @Option(
      names = "--quick",
      scope = CommandLine.ScopeType.INHERIT,
      description = "One short pair of each case: shows that it works, not how fast.")
  private boolean quick;

  @Option(
      names = "--json",
      scope = CommandLine.ScopeType.INHERIT,
      description = "One JSON object a line instead of the table.")
  private boolean json;

  @Option(
      names = "--pairs",
      defaultValue = "5",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "N",
      description = "Runs of each side, in turn; default ${DEFAULT-VALUE}.")
  private int pairs;

  @Option(
      names = "--case",
      defaultValue = "",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "Only the cases whose name begins so.")
  private String only = "";

  @Option(
      names = "--java-opts",
      defaultValue = "",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "FLAGS",
      description = "More flags for our JVM.")
  private String javaOpts = "";

  @Option(
      names = "--set",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "KEY=VALUE",
      description = "A setting of ours to try; may be repeated.")
  private List<String> settings = List.of();

  public static void main(String[] args) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setExecutionExceptionHandler(
        (failure, line, result) -> {
          line.getErr().println("bench/run: " + failure.getMessage());
          return 1;
        });
    System.exit(commandLine.execute(args));
  }

  @Command(description = "The gateway: OTLP in, Kafka out.")
  int gateway() {
    Plan plan = plan(1_000_000, 24_000_000);
    return inScratch(
        folder -> {
          try (BrokerProcess broker = BrokerProcess.start(folder);
              GatewayProcess ours =
                  GatewayProcess.ours(GatewayProcess.OURS, folder, our(), broker);
              GatewayProcess theirs = GatewayProcess.theirs(folder, collector, broker)) {
            return new GatewayBench(plan, folder, our(), broker, ours, theirs).run();
          }
        });
  }

  @Command(description = "The tail sampler: Kafka in, decided and forwarded.")
  int traces() {
    Plan plan = plan(3_000_000, 9_000_000);
    return inScratch(
        folder -> {
          try (BrokerProcess broker = BrokerProcess.start(folder)) {
            return new TracesBench(plan, folder, broker, our(), collector).run();
          }
        });
  }

  @Command(description = "The logs processor: Kafka in, OTLP or Loki's push API out.")
  int logs() {
    return inLab(lab -> deliver(LogsCases.all(), lab));
  }

  @Command(
      description =
          "The metrics processor: Kafka in, remote write or OTLP out; and sums of delta points.")
  int metrics() {
    return inLab(
        lab -> {
          List<Row> rows = new ArrayList<>(deliver(MetricsCases.all(), lab));
          rows.addAll(new DeltaBench(plan(1_020_000, 0), lab).run());
          return rows;
        });
  }

  private List<Row> deliver(List<DeliveryBench.Case> cases, DeliverySide.Lab lab) {
    return new DeliveryBench(plan(600_000, 4_000_000), lab).run(cases);
  }

  private int inLab(Function<DeliverySide.Lab, List<Row>> measurement) {
    return inScratch(
        folder -> {
          try (BrokerProcess broker = BrokerProcess.start(folder)) {
            return measurement.apply(new DeliverySide.Lab(folder, broker, our(), collector));
          }
        });
  }

  @Command(description = "The gateway's splitter alone, by JMH; needs no Collector.")
  int splitter() throws RunnerException {
    return alone(SplitterBenchmark.class);
  }

  @Command(description = "Compression, decoding, copying alone, by JMH; needs no Collector.")
  int encoding() throws RunnerException {
    return alone(EncodingBenchmark.class);
  }

  private static int alone(Class<?> benchmark) throws RunnerException {
    new Runner(new OptionsBuilder().include(benchmark.getName()).build()).run();
    return 0;
  }

  private Plan plan(long items, long warmUpItems) {
    // Figures go to stdout, everything else to stderr.
    PrintStream progress = System.err;
    return quick
        ? new Plan(1, items / 20, warmUpItems / 20, only, progress)
        : new Plan(pairs, items, warmUpItems, only, progress);
  }

  private OurProcess our() {
    return new OurProcess(
        Path.of(System.getProperty("millrace.launcher")), javaOpts, List.copyOf(settings));
  }

  /** What is measured, in a folder that is gone afterwards. */
  private interface Measurement {
    List<Row> in(Path folder);
  }

  private int inScratch(Measurement measurement) {
    if (!Files.isExecutable(collector) || Files.isDirectory(collector)) {
      throw new IllegalStateException(
          "--collector: \"%s\" (expected: a Collector; see bench/README.md)".formatted(collector));
    }
    try {
      Path folder = Files.createTempDirectory("millrace-bench-");
      try {
        List<Row> rows = measurement.in(folder);
        new Report(System.out, json).print(rows);
        return rows.stream().anyMatch(row -> row.lost() > 0) ? 1 : 0;
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Prints rows as a table for people or as JSON lines for programs. */
  private record Report(PrintStream out, boolean json) {

    void print(List<Row> rows) throws IOException {
      if (json) {
        ObjectMapper mapper = new ObjectMapper();
        for (Row row : rows) {
          out.println(mapper.writeValueAsString(row));
        }
        return;
      }
      String format = "%-42s %-16s %10s %10s %7s %7s %5s%n";
      out.printf(format, "case", "unit", "ours", "theirs", "ratio", "spread", "lost");
      for (Row row : rows) {
        out.printf(
            format,
            row.name(),
            row.unit(),
            row.ours(),
            row.theirs(),
            row.ratio(),
            row.spread(),
            row.lost());
      }
    }
  }
}
