package io.millrace.deadletters;

import io.millrace.daemon.ConfigOptions;
import io.millrace.daemon.InvalidConfig;
import io.millrace.delivery.DeadReason;
import io.millrace.otlp.Signal;
import io.millrace.terminal.Period;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which letters are chosen, as a mixin for the commands that choose. */
final class LetterOptions {

  /** What the commands read of the configuration. */
  record Config(KafkaConfig kafka, TopicsConfig topics) {

    static final Config DEFAULT = new Config(KafkaConfig.DEFAULT, TopicsConfig.DEFAULT);
  }

  @Mixin private final ConfigOptions config = new ConfigOptions();

  @Option(names = "--signal", paramLabel = "SIGNAL", description = "traces, metrics or logs.")
  private @Nullable String signal;

  @Option(names = "--reason", paramLabel = "ID", description = "Such as too_old or refused.")
  private @Nullable String reason;

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Of this tenant.")
  private @Nullable String tenant;

  @Option(names = "--service", paramLabel = "NAME", description = "With items of this service.")
  private @Nullable String service;

  @Option(
      names = "--refused-by",
      paramLabel = "DESTINATION",
      description = "Letters of this destination.")
  private @Nullable String refusedBy;

  @Option(
      names = "--from",
      defaultValue = "1970-01-01T00:00Z",
      paramLabel = "TIME",
      description = "Dead since then: -2h, or 2026-11-21T10:00Z. Default: all.")
  private String from = "1970-01-01T00:00Z";

  @Option(
      names = "--to",
      defaultValue = "0s",
      paramLabel = "TIME",
      description = "Dead before then. Default: now.")
  private String to = "0s";

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "No more letters than that. list shows 10 unless told, all others take all.")
  private @Nullable Long limit;

  Config config() {
    return config.read(Config.DEFAULT);
  }

  List<Signal> signals() {
    String wanted = signal;
    return wanted == null ? List.of(Signal.values()) : List.of(signal("--signal", wanted));
  }

  /** The one signal of a command that may not take all of them by mistake. */
  Signal oneSignal() {
    String wanted = signal;
    if (wanted == null) {
      throw new InvalidConfig("--signal", "not set", "traces, metrics or logs");
    }
    return signal("--signal", wanted);
  }

  static Signal signal(String option, String id) {
    return Arrays.stream(Signal.values())
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new InvalidConfig(option, id, "traces, metrics or logs"));
  }

  LetterFilter filter() {
    String wanted = reason;
    if (wanted != null
        && Arrays.stream(DeadReason.values()).noneMatch(r -> r.id().equals(wanted))) {
      throw new InvalidConfig(
          "--reason",
          wanted,
          "one of "
              + Arrays.stream(DeadReason.values())
                  .map(DeadReason::id)
                  .collect(Collectors.joining(", ")));
    }
    return new LetterFilter(
        Optional.ofNullable(wanted),
        Optional.ofNullable(tenant),
        Optional.ofNullable(service),
        Optional.ofNullable(refusedBy),
        Period.parse(from, to, Instant.now()));
  }

  /**
   * @param otherwise if none is given
   */
  long limit(long otherwise) {
    Long given = limit;
    if (given != null && given < 1) {
      throw new InvalidConfig("--limit", given, "1 or more");
    }
    return given == null ? otherwise : given;
  }
}
