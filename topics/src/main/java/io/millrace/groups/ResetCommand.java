package io.millrace.groups;

import io.millrace.daemon.CannotStart;
import io.millrace.daemon.ConfigOptions;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.InvalidConfig;
import io.millrace.terminal.Period;
import io.millrace.terminal.TextTable;
import io.millrace.topics.AdminAnswers;
import io.millrace.topics.KafkaConfig;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code reset}: moves a live group back to a time, so that its processor delivers again what came
 * since. It never moves forward: that would be to lose what lies between.
 */
@Command(
    name = "reset",
    description =
        "Moves a consumer group back to a time; its processor then delivers again what came since."
            + " Only while the group is empty. Without --confirm it only says what that would be.")
public final class ResetCommand implements Callable<Integer> {

  private static final Comparator<TopicPartition> IN_ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

  private static final String SUMS_DELTAS = "-metrics-delta";

  /** What the command reads of the configuration. */
  record Config(KafkaConfig kafka) {

    static final Config DEFAULT = new Config(KafkaConfig.DEFAULT);
  }

  @Mixin private final ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--group",
      required = true,
      paramLabel = "GROUP",
      description = "Such as millrace-traces-tempo.")
  private String group = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "TIME",
      description = "-2h, or 2026-11-20T10:00Z.")
  private String to = "";

  @Option(names = "--confirm", description = "Move it.")
  private boolean confirmed;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Daemon.commandLine(new ResetCommand()).execute(args));
  }

  @Override
  public Integer call() {
    if (group.endsWith(SUMS_DELTAS)) {
      throw new InvalidConfig(
          "--group",
          group,
          "one that delivers; what sums delta points would count some of them twice");
    }
    KafkaConfig kafka = options.read(Config.DEFAULT).kafka();
    Instant time = Period.moment("--to", to, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    try (Admin admin = Admin.create(kafka.clientProperties("millrace-reset"))) {
      Map<TopicPartition, Long> committed = committed(admin);
      Map<TopicPartition, Long> targets = targets(admin, committed, time);
      say(committed, targets, time);
      if (confirmed) {
        requireEmpty(admin);
        move(admin, targets);
      }
      out().println(confirmed ? "Moved." : "Nothing was moved; with --confirm it will be.");
      out().flush();
      return Daemon.OK;
    } catch (KafkaException e) {
      throw new CannotStart(
          "kafka.bootstrap-servers",
          kafka.bootstrapServers(),
          "a Kafka that answers; " + e.getMessage(),
          e);
    }
  }

  private Map<TopicPartition, Long> committed(Admin admin) {
    Map<TopicPartition, Long> committed = new TreeMap<>(IN_ORDER);
    try {
      AdminAnswers.get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
          .forEach(
              (id, offset) -> {
                if (offset != null) {
                  committed.put(id, offset.offset());
                }
              });
    } catch (GroupIdNotFoundException e) {
      // said below: older brokers answer with no offsets instead
    }
    if (committed.isEmpty()) {
      throw new InvalidConfig("--group", group, "a group that has committed offsets");
    }
    return committed;
  }

  private static Map<TopicPartition, Long> targets(
      Admin admin, Map<TopicPartition, Long> committed, Instant time) {
    Map<TopicPartition, OffsetSpec> wanted = new TreeMap<>(IN_ORDER);
    committed.keySet().forEach(id -> wanted.put(id, OffsetSpec.forTimestamp(time.toEpochMilli())));
    Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found =
        AdminAnswers.get(admin.listOffsets(wanted).all());
    Map<TopicPartition, Long> targets = new TreeMap<>(IN_ORDER);
    committed.forEach(
        (id, now) -> {
          var at = found.get(id);
          // -1: nothing came since then
          long target = at == null || at.offset() < 0 ? now : Math.min(now, at.offset());
          targets.put(id, target);
        });
    return targets;
  }

  private void say(
      Map<TopicPartition, Long> committed, Map<TopicPartition, Long> targets, Instant time) {
    TextTable table = new TextTable("partition", "is at", "goes to", "records again");
    long again = 0;
    for (Map.Entry<TopicPartition, Long> target : targets.entrySet()) {
      long now = committed.getOrDefault(target.getKey(), target.getValue());
      again += now - target.getValue();
      table.row(
          target.getKey().toString(),
          "%d".formatted(now),
          "%d".formatted(target.getValue()),
          "%,d".formatted(now - target.getValue()));
    }
    table.lines().forEach(out()::println);
    out().printf("%s to %s: %,d records will be processed again.%n", group, time, again);
    out().flush();
  }

  private void requireEmpty(Admin admin) {
    ConsumerGroupDescription found =
        AdminAnswers.get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    int members = found == null ? 0 : found.members().size();
    if (members > 0) {
      throw new CannotStart(
          "--group",
          group,
          "an empty group, and it has %d members; stop them".formatted(members),
          null);
    }
  }

  private void move(Admin admin, Map<TopicPartition, Long> targets) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new TreeMap<>(IN_ORDER);
    targets.forEach((id, offset) -> offsets.put(id, new OffsetAndMetadata(offset)));
    AdminAnswers.get(admin.alterConsumerGroupOffsets(group, offsets).all());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
