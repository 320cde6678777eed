package io.millrace.topics;

import io.millrace.daemon.ConfigOptions;
import io.millrace.daemon.Daemon;
import io.millrace.otlp.Signal;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code topics apply|check}: creates the topics of the configuration, or holds them against it.
 */
@Command(
    name = "topics",
    description = "Creates the topics of the configuration, or checks them against it.")
public final class Main implements Callable<Integer> {

  /** What the command reads of the configuration. */
  record Config(KafkaConfig kafka, TopicsConfig topics) {

    static final Config DEFAULT = new Config(KafkaConfig.DEFAULT, TopicsConfig.DEFAULT);
  }

  enum Action {
    apply,
    check
  }

  @Parameters(
      paramLabel = "apply|check",
      description = "apply creates what is missing and sets what differs; check changes nothing")
  private Action action = Action.check;

  @Mixin private final ConfigOptions options = new ConfigOptions();

  public static void main(String[] args) {
    System.exit(Daemon.commandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() {
    Config config = options.read(Config.DEFAULT);
    List<Topic> topics =
        Stream.of(Signal.values())
            .flatMap(signal -> config.topics().catalogue(signal).stream())
            .toList();
    try (TopicsAdmin admin = TopicsAdmin.connect(config.kafka())) {
      return report(topics, action == Action.apply ? admin.apply(topics) : admin.check(topics));
    } catch (KafkaException e) {
      System.err.printf(
          "kafka.bootstrap-servers: %s (expected: a Kafka that answers; %s)%n",
          config.kafka().bootstrapServers(), e.getMessage());
      return Daemon.FAILED;
    }
  }

  private static int report(List<Topic> topics, List<TopicsAdmin.Difference> differences) {
    differences.forEach(System.err::println);
    if (!differences.isEmpty()) {
      return Daemon.FAILED;
    }
    topics.forEach(
        topic ->
            System.out.printf(
                "%s: %d partitions, %d replicas, as configured%n",
                topic.name(), topic.partitions(), topic.replicationFactor()));
    return Daemon.OK;
  }
}
