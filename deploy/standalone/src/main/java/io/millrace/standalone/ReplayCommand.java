package io.millrace.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.ConfigOptions;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.Durations;
import io.millrace.daemon.InvalidConfig;
import io.millrace.daemon.Role;
import io.millrace.delivery.Extent;
import io.millrace.otlp.Signal;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processing.RuleConfig;
import io.millrace.replay.BackendAges;
import io.millrace.replay.Replay;
import io.millrace.terminal.Period;
import io.millrace.terminal.ProgressBar;
import io.millrace.terminal.Rate;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code replay}: a stretch of a topic through its processor once more, to any destination. */
@Command(
    name = "replay",
    description =
        "Delivers what Kafka held between two moments once more, through the same processor, in a"
            + " consumer group of its own. Ctrl-C stops it; the same command goes on from there.")
public final class ReplayCommand implements Callable<Integer> {

  @Mixin private final ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--signal",
      required = true,
      paramLabel = "SIGNAL",
      description = "traces, metrics or logs.")
  private String signalId = "";

  @Option(
      names = "--from",
      required = true,
      paramLabel = "TIME",
      description = "Appended to Kafka then or later: -2h, or 2026-11-20T10:00Z.")
  private String from = "";

  @Option(
      names = "--to",
      defaultValue = "0s",
      paramLabel = "TIME",
      description = "And before then; 12:00Z is of the day of --from. Default: now.")
  private String to = "0s";

  @Option(names = "--to-url", paramLabel = "URL", description = "Where to deliver.")
  private @Nullable String url;

  @Option(
      names = "--destination",
      paramLabel = "NAME",
      description = "Or: a destination of the configuration, with its headers and TLS.")
  private @Nullable String destination;

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Only of this tenant.")
  private @Nullable String tenant;

  @Option(names = "--service", paramLabel = "NAME", description = "Only items of this service.")
  private @Nullable String service;

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description = "Only items for which it holds, as in processing rules.")
  private @Nullable String where;

  @Option(
      names = "--rate",
      defaultValue = "",
      paramLabel = "RATE",
      description = "No faster than 20MB/s, say, before compression.")
  private String rate = "";

  @Option(
      names = "--policies",
      paramLabel = "FILE",
      description = "Sample traces by these policies. Default: those of the configuration.")
  private @Nullable Path policies;

  @Option(names = "--all", description = "Sample nothing out.")
  private boolean all;

  @Option(
      names = "--mark",
      paramLabel = "KEY=VALUE",
      description = "A resource attribute put on what is replayed. Default: none.")
  private @Nullable String mark;

  @Option(
      names = "--backend-takes",
      paramLabel = "DURATION",
      description = "How old what the backend takes may be, if that was changed: 10d.")
  private @Nullable String backendTakes;

  @Option(names = "--dry-run", description = "Deliver nothing, only count.")
  private boolean dryRun;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Daemon.commandLine(new ReplayCommand()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    ReplayTarget.Config config = options.read(ReplayTarget.Config.DEFAULT);
    Signal signal = signal();
    ReplayTarget target = target(config, signal);
    String shownUrl = shownUrl(target);
    String name = Replay.DESTINATION_PREFIX + id(config) + (dryRun ? "-dry" : "");
    Replay.Plan plan =
        new Replay.Plan(
            config.kafka(),
            config.topics().of(signal).name(),
            target.delivery().group(signal, name),
            !dryRun,
            Period.parse(from, to, Instant.now().truncatedTo(ChronoUnit.SECONDS)),
            Optional.ofNullable(tenant),
            Rate.parse("--rate", rate));
    try (Replay replay = Replay.open(plan)) {
      say(signal, replay, shownUrl);
      checkAge(BackendAges.of(signal, shownUrl), replay.period());
      return replay.left() == 0 ? nothing() : run(replay, target, name);
    } catch (KafkaException e) {
      throw new CannotStart(
          "kafka.bootstrap-servers",
          config.kafka().bootstrapServers(),
          "a Kafka that answers and has the topic; " + e.getMessage(),
          e);
    }
  }

  private Signal signal() {
    return Arrays.stream(Signal.values())
        .filter(one -> one.id().equals(signalId))
        .findFirst()
        .orElseThrow(() -> new InvalidConfig("--signal", signalId, "traces, metrics or logs"));
  }

  private ReplayTarget target(ReplayTarget.Config config, Signal signal) {
    ReplayTarget target = new ReplayTarget(config, signal);
    Path file = policies;
    if ((file != null || all) && signal != Signal.TRACES) {
      throw new InvalidConfig(all ? "--all" : "--policies", "set", "only with --signal traces");
    }
    if (file != null && all) {
      throw new InvalidConfig("--all", "beside --policies", "one of the two");
    }
    if (file != null) {
      target = target.traces(target.traces().withPoliciesOf("--policies", file, System.getenv()));
    } else if (all) {
      target = target.traces(target.traces().keepingAll());
    }
    Map<String, String> conditions = conditions();
    conditions.forEach((name, condition) -> check(signal, name, condition));
    return target.with(conditions, mark());
  }

  /** By the name of the rule, which stands in the counts. */
  private Map<String, String> conditions() {
    Map<String, String> conditions = new LinkedHashMap<>();
    String ofService = service;
    if (ofService != null) {
      String quoted = ofService.replace("\\", "\\\\").replace("\"", "\\\"");
      conditions.put("service", "resource.attributes[\"service.name\"] == \"" + quoted + "\"");
    }
    String own = where;
    if (own != null) {
      conditions.put("where", own);
    }
    return conditions;
  }

  private static void check(Signal signal, String name, String condition) {
    try {
      var rule = RuleConfig.keep(name, condition);
      new ProcessingConfig(List.of(rule), ProcessingConfig.DEFAULT.deadLetters()).check(signal);
    } catch (InvalidConfig e) {
      throw e.at("--" + name);
    }
  }

  private Map<String, String> mark() {
    String wanted = mark;
    if (wanted == null) {
      return Map.of();
    }
    int equals = wanted.indexOf('=');
    if (equals < 1) {
      throw new InvalidConfig("--mark", wanted, "KEY=VALUE");
    }
    return Map.of(wanted.substring(0, equals), wanted.substring(equals + 1));
  }

  private String shownUrl(ReplayTarget target) {
    String given = url;
    String name = destination;
    if (given != null && name == null) {
      return given;
    }
    if (name != null && given == null) {
      return target.url(name);
    }
    if (dryRun && name == null) {
      return "discard:/";
    }
    throw new InvalidConfig(
        "--to-url", given == null ? "not set" : "beside --destination", "one of the two");
  }

  /** The same for the same arguments: by it a replay that was stopped is found again. */
  private String id(ReplayTarget.Config config) {
    List<Object> what =
        Arrays.asList(
            config.topics().prefix(),
            signalId,
            from,
            to,
            url,
            destination,
            tenant,
            service,
            where,
            policies,
            all,
            mark);
    byte[] text = what.toString().getBytes(UTF_8);
    return UUID.nameUUIDFromBytes(text).toString().replace("-", "").substring(0, 12);
  }

  private void say(Signal signal, Replay replay, String shownUrl) {
    out()
        .printf(
            "%s from %s to %s: %,d records%n  to %s%n",
            signal.id(), replay.period().from(), replay.period().to(), replay.all(), shownUrl);
    if (replay.goesOn()) {
      out().printf("  goes on where it was stopped: %,d records are left%n", replay.left());
    }
    replay.gone().forEach(out()::println);
    out().flush();
  }

  private void checkAge(BackendAges backend, Period period) {
    Duration age = Duration.between(period.from(), Instant.now());
    String given = backendTakes;
    Optional<Duration> takes = Optional.empty();
    if (given != null) {
      takes = Durations.parse(given);
      if (takes.isEmpty()) {
        throw new InvalidConfig("--backend-takes", given, "a duration such as 10d or 36h");
      }
    }
    Optional<String> refusal = backend.refusal(age, takes);
    if (refusal.isPresent() && !dryRun) {
      throw new CannotStart(refusal.get(), null);
    }
    refusal.ifPresent(out()::println);
    if (!backend.note().isEmpty()) {
      out().println(backend.note());
    }
    out().flush();
  }

  private int nothing() {
    out().println("Nothing to replay.");
    out().flush();
    return Daemon.OK;
  }

  private int run(Replay replay, ReplayTarget target, String name) throws InterruptedException {
    long begun = System.nanoTime();
    boolean isComplete;
    try (StopHook hook = StopHook.install(replay::stop);
        ProgressBar bar = ProgressBar.onTerminal(System.getProperties(), ReplayCommand::draw)) {
      isComplete =
          replay.run(
              (extent, registry) -> start(target, name, extent, registry),
              (done, records, counts) ->
                  bar.at(done, records, ReplayReport.progress(counts, System.nanoTime() - begun)));
      hook.exitStatus(isComplete ? Daemon.OK : Daemon.FAILED);
      bar.close();
      ReplayReport.lines(replay.counts(), dryRun).forEach(out()::println);
      if (!isComplete && !dryRun) {
        out().println("Stopped. The same command goes on from here.");
      }
      out().flush();
    }
    return isComplete ? Daemon.OK : Daemon.FAILED;
  }

  private Role start(ReplayTarget target, String name, Extent extent, MeterRegistry registry) {
    String like = destination;
    String given = url;
    if (dryRun) {
      return target.startTo("discard:/", name, extent, registry);
    }
    return like != null
        ? target.startLike(like, name, extent, registry)
        : target.startTo(given == null ? "" : given, name, extent, registry);
  }

  private static void draw(String text) {
    System.err.print(text);
    System.err.flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
