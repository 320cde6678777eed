package io.millrace.deadletters;

import io.millrace.daemon.Daemon;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Signal;
import io.millrace.replay.Replay;
import io.millrace.terminal.Rate;
import io.millrace.topics.AdminAnswers;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dead redrive}: chosen letters through the pipeline again, to who refused them. */
@Command(
    name = "redrive",
    mixinStandardHelpOptions = true,
    description =
        "Sends dead letters through the topic they came from again, each once, to the destination"
            + " that refused them. Without --confirm it only says which.")
final class RedriveCommand implements Callable<Integer> {

  @Mixin private final LetterOptions options = new LetterOptions();

  @Option(names = "--confirm", description = "Send them.")
  private boolean confirmed;

  @Option(
      names = "--rate",
      defaultValue = "",
      paramLabel = "RATE",
      description = "No faster than that: 1MB/s. Default: as fast as Kafka takes them.")
  private String rate = "";

  @Option(
      names = "--max-redrives",
      defaultValue = "3",
      paramLabel = "N",
      description = "Letters redriven so many times are left alone. Default: 3.")
  private int maxRedrives = 3;

  @Option(
      names = "--destination",
      paramLabel = "NAME",
      description = "Send them to this destination in place of the one that refused them.")
  private @Nullable String destination;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    LetterOptions.Config config = options.config();
    Signal signal = options.oneSignal();
    LetterFilter filter = options.filter();
    long limit = options.limit(Long.MAX_VALUE);
    Rate bound = Rate.parse("--rate", rate);
    if (maxRedrives < 1) {
      throw new InvalidConfig("--max-redrives", maxRedrives, "1 or more");
    }
    return DeadCommand.onKafka(
        config.kafka(),
        () -> {
          try (LetterReader reader = new LetterReader(config.kafka(), config.topics())) {
            Chosen chosen = Chosen.count(reader, signal, filter, limit, maxRedrives);
            say(chosen);
            if (chosen.letters() == 0) {
              return Daemon.OK;
            }
            requireDestinations(config.kafka(), signal, chosen);
            if (!confirmed) {
              out().println("Nothing was sent; with --confirm it will be.");
              out().flush();
              return Daemon.OK;
            }
            TopicConfig topic = config.topics().of(signal);
            try (LetterWriter writer =
                new LetterWriter(config.kafka(), topic.deadLetterName(), topic.name())) {
              Redriving redriving = new Redriving(writer, this::destination, bound);
              redriving.send(reader, signal, filter, chosen.letters(), maxRedrives);
              writer.finish();
              return sent(topic, chosen.letters(), redriving.tooLarge());
            }
          }
        });
  }

  private int sent(TopicConfig topic, long letters, List<String> tooLarge) {
    out().printf("%,d letters sent to %s.%n", letters - tooLarge.size(), topic.name());
    out().flush();
    if (tooLarge.isEmpty()) {
      return Daemon.OK;
    }
    PrintWriter err = spec.commandLine().getErr();
    tooLarge.forEach(err::println);
    err.printf(
        "%s: does not take %,d letters, which stay where they are (expected: max.message.bytes that"
            + " hold them and the headers of a redriven record)%n",
        topic.name(), tooLarge.size());
    err.flush();
    return Daemon.FAILED;
  }

  private void say(Chosen chosen) {
    if (chosen.letters() > 0) {
      chosen.lines().forEach(out()::println);
    } else {
      out().println("No dead letters to redrive.");
    }
    if (chosen.tooOften() > 0) {
      out()
          .printf(
              "Left alone, for they were redriven %d times or more (--max-redrives): %,d%n",
              maxRedrives, chosen.tooOften());
    }
    out().flush();
  }

  private String destination(Letter letter) {
    String given = destination;
    return given == null ? letter.destination() : given;
  }

  /** A record for a destination that nobody serves would be dropped by all the others. */
  private void requireDestinations(KafkaConfig kafka, Signal signal, Chosen chosen) {
    String given = destination;
    Set<String> wanted = given == null ? chosen.destinations() : Set.of(given);
    Set<String> unserved = new TreeSet<>(wanted);
    try (Admin admin = Admin.create(kafka.clientProperties("millrace-dead-admin"))) {
      for (GroupListing group : AdminAnswers.get(admin.listGroups().all())) {
        // A replay reads nothing beyond its range, so it would not see what is redriven.
        unserved.removeIf(
            name ->
                !name.startsWith(Replay.DESTINATION_PREFIX)
                    && group.groupId().endsWith("-" + signal.id() + "-" + name));
      }
    }
    if (!unserved.isEmpty()) {
      throw new InvalidConfig(
          "--destination",
          given == null ? "not set" : given,
          "one that has a consumer group; there is none for "
              + unserved.stream()
                  .map(name -> name.isEmpty() ? "letters that name no destination" : name)
                  .collect(Collectors.joining(", ")));
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
