package io.millrace.standalone;

import io.millrace.daemon.Daemon;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands that are more than one role: {@code up} and {@code demo}. */
@Command(
    name = "millrace",
    description = "A Kafka-buffered OpenTelemetry pipeline.",
    subcommands = {UpCommand.class, DemoCommand.class})
public final class Main implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Daemon.commandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command (expected: up or demo)");
  }
}
