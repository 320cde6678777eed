package io.millrace.deadletters;

import io.millrace.daemon.CannotStart;
import io.millrace.daemon.Daemon;
import io.millrace.topics.KafkaConfig;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dead list|show|export|redrive|drop}: what to do with dead letters. */
@Command(
    name = "dead",
    description = "Lists, shows, exports, redrives or drops dead letters.",
    subcommands = {
      ListCommand.class,
      ShowCommand.class,
      ExportCommand.class,
      RedriveCommand.class,
      DropCommand.class
    })
public final class DeadCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return Daemon.commandLine(new DeadCommand());
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command (expected: list, show, export, redrive or drop)");
  }

  /** Runs what needs Kafka; without it, there is one line that says so. */
  static int onKafka(KafkaConfig kafka, Callable<Integer> work) throws Exception {
    try {
      return work.call();
    } catch (KafkaException e) {
      throw new CannotStart(
          "kafka.bootstrap-servers",
          kafka.bootstrapServers(),
          "a Kafka that answers and has the topics; " + e.getMessage(),
          e);
    }
  }
}
