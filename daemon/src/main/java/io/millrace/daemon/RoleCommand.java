package io.millrace.daemon;

import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of one role: {@code [run|validate] --config FILE --set key=value}. */
@Command(description = "Runs this role, or says whether its configuration is valid.")
final class RoleCommand<C extends Record> implements Callable<Integer> {

  /** Lower case, as the user types them. */
  enum Action {
    run,
    validate
  }

  private final String role;
  private final C defaults;
  private final Function<C, AdminConfig> admin;
  private final RereadingStarter<C> starter;

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "run",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Action action = Action.run;

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  RoleCommand(
      String role, C defaults, Function<C, AdminConfig> admin, RereadingStarter<C> starter) {
    this.role = role;
    this.defaults = defaults;
    this.admin = admin;
    this.starter = starter;
  }

  @Override
  public Integer call() {
    C config = read();
    return switch (action) {
      case run -> run(config);
      case validate -> {
        spec.commandLine().getOut().println(role + ": configuration is valid");
        yield Daemon.OK;
      }
    };
  }

  private C read() {
    C config = options.read(defaults);
    if (config instanceof CheckedConfig checked) {
      checked.check();
    }
    return config;
  }

  private int run(C config) {
    Starter<C> start = (read, metrics) -> starter.start(read, metrics, this::read);
    var process = new RoleProcess<>(role, config, admin.apply(config), start);
    return Daemon.serve(process, spec.commandLine().getErr()::println);
  }
}
