package io.millrace.daemon;

import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The life of a Millrace process, from its arguments to its exit status. A role's {@code main} is
 * {@code System.exit(Daemon.run(...))}; a command with options of its own uses {@link
 * #commandLine}, {@link ConfigOptions} and {@link #serve}.
 */
public final class Daemon {

  /** Exit status: done, or stopped as asked. */
  public static final int OK = 0;

  /** Exit status: could not start, or failed. */
  public static final int FAILED = 1;

  /** Exit status: wrong arguments or configuration. */
  public static final int INVALID = 2;

  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private Daemon() {}

  /**
   * Runs or validates a role, as the arguments say.
   *
   * @param role its name, {@code gateway}
   * @param defaults the configuration of a role that is told nothing
   * @param admin where the admin port is in the configuration
   * @return the exit status
   */
  public static <C extends Record> int run(
      String role, C defaults, Function<C, AdminConfig> admin, Starter<C> starter, String... args) {
    RereadingStarter<C> once = (config, metrics, reread) -> starter.start(config, metrics);
    return runRereading(role, defaults, admin, once, args);
  }

  /** Likewise a role that reads part of its configuration again while it runs. */
  public static <C extends Record> int runRereading(
      String role,
      C defaults,
      Function<C, AdminConfig> admin,
      RereadingStarter<C> starter,
      String... args) {
    CommandLine commandLine = commandLine(new RoleCommand<>(role, defaults, admin, starter));
    return commandLine.setCommandName(role).execute(args);
  }

  /**
   * Starts a role, waits for SIGTERM or Ctrl-C, and stops it; called on the main thread, once in a
   * process. A failure is told on stderr or in the log.
   *
   * @return the exit status
   */
  public static <C extends Record> int serve(
      String role, C config, AdminConfig admin, Starter<C> starter) {
    return serve(new RoleProcess<>(role, config, admin, starter), System.err::println);
  }

  static int serve(RoleProcess<?> process, Consumer<String> err) {
    StopSignal stop = StopSignal.install();
    int status = FAILED;
    try {
      status = process.run(stop);
    } catch (Exception e) {
      // Before the hook learns that all is closed: it halts the JVM.
      status = report(e, err);
    } finally {
      stop.closed(status);
    }
    return status;
  }

  /**
   * A picocli command with the conventions of Millrace: {@code --help} and {@code --version},
   * failures as one line on stderr, exit status {@link #INVALID} or {@link #FAILED}.
   */
  public static CommandLine commandLine(Object command) {
    CommandLine commandLine = new CommandLine(command);
    commandLine.getCommandSpec().mixinStandardHelpOptions(true);
    commandLine.getCommandSpec().versionProvider(() -> new String[] {version()});
    return commandLine
        .setParameterExceptionHandler((e, args) -> refuse(e))
        .setExecutionExceptionHandler((e, failed, parsed) -> report(e, failed.getErr()::println));
  }

  private static String version() {
    return Version.current().line("millrace");
  }

  private static int refuse(ParameterException e) {
    CommandLine failed = e.getCommandLine();
    String help = failed.getCommandSpec().qualifiedName() + " --help";
    failed.getErr().println(Shown.line(String.valueOf(e.getMessage())) + " (try " + help + ")");
    return INVALID;
  }

  private static int report(Exception e, Consumer<String> err) {
    if (e instanceof InvalidConfig) {
      err.accept(e.getMessage());
      return INVALID;
    }
    if (e instanceof CannotStart) {
      err.accept(e.getMessage());
      return FAILED;
    }
    log.error("failed", e);
    return FAILED;
  }
}
