package io.millrace.traces;

import io.millrace.daemon.ConfigOptions;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.Durations;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Signal;
import io.millrace.terminal.Period;
import io.millrace.terminal.ProgressBar;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code what-if}: says what policies would have kept of the traces in Kafka. Sends nothing. */
@Command(
    name = "what-if",
    mixinStandardHelpOptions = true,
    description =
        "Says what policies would have kept of the traces in Kafka, and why. Nothing is sent and no"
            + " offset moves.")
public final class WhatIfCommand implements Callable<Integer> {

  /** What the command reads of the configuration. */
  record Config(KafkaConfig kafka, TopicsConfig topics, TracesSection traces) {

    static final Config DEFAULT =
        new Config(KafkaConfig.DEFAULT, TopicsConfig.DEFAULT, TracesSection.DEFAULT);
  }

  @Mixin private final ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--policies",
      required = true,
      paramLabel = "FILE",
      description =
          "The policies to try: a configuration of ours or the Collector's, or the block.")
  private Path policies = Path.of("");

  @Option(names = "--compare", paramLabel = "FILE", description = "Others to set beside them.")
  private @Nullable Path compare;

  @Option(
      names = "--from",
      defaultValue = "-1h",
      paramLabel = "TIME",
      description = "Traces that began then or later: -2h, or 2026-11-21T10:00:00Z. Default: -1h")
  private String from = "-1h";

  @Option(
      names = "--to",
      defaultValue = "0s",
      paramLabel = "TIME",
      description = "Traces that began before. Default: now")
  private String to = "0s";

  @Option(
      names = "--slow",
      defaultValue = "1s",
      paramLabel = "DURATION",
      description = "A trace that takes longer is slow. Default: 1s")
  private String slow = "1s";

  @Option(names = "--json", description = "For programs, in place of tables.")
  private boolean json;

  public static void main(String[] args) {
    System.exit(Daemon.commandLine(new WhatIfCommand()).execute(args));
  }

  @Override
  public Integer call() {
    Config config = options.read(Config.DEFAULT);
    Period period = Period.parse(from, to, Instant.now());
    Instant begin = period.from();
    Instant end = period.to();
    try (WhatIf whatIf = new WhatIf(config.kafka(), config.topics().of(Signal.TRACES).name())) {
      List<Trial> trials = trials(config, whatIf, begin, end);
      WhatIf.Read read;
      try (ProgressBar bar = ProgressBar.onTerminal(System.getProperties(), WhatIfCommand::draw)) {
        read =
            whatIf.read(
                begin.toEpochMilli(),
                end.toEpochMilli(),
                trials,
                (done, all, spans) -> bar.at(done, all, "%,d spans".formatted(spans)));
      }
      List<TrialReport> reports = trials.stream().map(Trial::report).toList();
      WhatIfResult result = new WhatIfResult(begin, end, whatIf.partitions(), read, reports);
      (json ? WhatIfJson.lines(result) : WhatIfTables.lines(result)).forEach(System.out::println);
      return Daemon.OK;
    } catch (KafkaException e) {
      System.err.printf(
          "kafka.bootstrap-servers: %s (expected: a Kafka that has the topic %s; %s)%n",
          config.kafka().bootstrapServers(),
          config.topics().of(Signal.TRACES).name(),
          e.getMessage());
      return Daemon.FAILED;
    }
  }

  private static void draw(String text) {
    System.err.print(text);
    System.err.flush();
  }

  private List<Trial> trials(Config config, WhatIf whatIf, Instant begin, Instant end) {
    List<Path> files = new ArrayList<>(List.of(policies));
    if (compare != null) {
      files.add(compare);
    }
    Duration slowFrom =
        Durations.parse(slow)
            .filter(duration -> !duration.isNegative())
            .orElseThrow(() -> new InvalidConfig("--slow", slow, "a duration such as 1s or 500ms"));
    List<Trial> trials = new ArrayList<>();
    for (Path file : files) {
      String option = file.equals(compare) ? "--compare" : "--policies";
      var sampling = PoliciesFile.read(option, file, System.getenv());
      sampling.notes().forEach(note -> System.err.println(file + ": " + note));
      Trial.Scope scope =
          new Trial.Scope(
              begin.toEpochMilli(),
              end.toEpochMilli(),
              slowFrom,
              whatIf.partitions(),
              config.traces().memoryBytes());
      trials.add(new Trial(shortName(file, files), sampling, scope));
    }
    return trials;
  }

  /** The file without its folder, unless another has the same name. */
  private static String shortName(Path file, List<Path> files) {
    Path name = file.getFileName();
    long same = files.stream().filter(other -> other.endsWith(name)).count();
    return same == 1 ? name.toString() : file.toString();
  }
}
