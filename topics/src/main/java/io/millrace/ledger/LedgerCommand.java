package io.millrace.ledger;

import io.millrace.daemon.Daemon;
import io.millrace.daemon.InvalidConfig;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ledger}: adds up what became of every item, and says whether the balance closes. */
@Command(
    name = "ledger",
    description =
        "Adds up what became of every item over the processes of a fleet and says whether the"
            + " balance closes. Exit status 1 if it does not.")
public final class LedgerCommand implements Callable<Integer> {

  /** Figures of one process are read one after the other, while it counts. */
  private static final int LOOKS = 5;

  private static final long BETWEEN_LOOKS_MILLIS = 300;

  @Parameters(
      paramLabel = "URL",
      description = "Admin ports of the processes: http://gateway-1:9464",
      arity = "0..*")
  private List<URI> processes = new ArrayList<>();

  @Option(
      names = "--prometheus",
      paramLabel = "URL",
      description = "In their place: a Prometheus that scrapes them, http://prometheus:9090")
  private @Nullable URI prometheus;

  @Option(
      names = "--match",
      defaultValue = "",
      paramLabel = "MATCHERS",
      description = "Which series of the Prometheus: job=\"millrace\"")
  private String match = "";

  @Option(
      names = "--drained",
      description = "Expect too that nothing is on the way, in a process or in Kafka.")
  private boolean drained;

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(Daemon.commandLine(new LedgerCommand()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (processes.isEmpty() == (prometheus == null)) {
      throw new InvalidConfig(
          "URL",
          processes.isEmpty() ? "not set" : "beside --prometheus",
          "URLs of processes, or --prometheus");
    }
    requireAbsolute();
    Balance balance = look();
    for (int looks = 1; looks < LOOKS && !isAsExpected(balance); looks++) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS_MILLIS);
      balance = look();
    }
    PrintWriter out = spec.commandLine().getOut();
    balance.lines().forEach(out::println);
    out.println(verdict(balance));
    out.flush();
    return isAsExpected(balance) ? Daemon.OK : Daemon.FAILED;
  }

  private void requireAbsolute() {
    List<URI> all = new ArrayList<>(processes);
    URI server = prometheus;
    if (server != null) {
      all.add(server);
    }
    for (URI uri : all) {
      if (!String.valueOf(uri.getScheme()).matches("https?") || uri.getHost() == null) {
        throw new InvalidConfig("URL", uri, "http://host:port");
      }
    }
  }

  private Balance look() throws InterruptedException {
    Fleet fleet = new Fleet();
    URI server = prometheus;
    return new Balance(server == null ? fleet.ask(processes) : fleet.askPrometheus(server, match));
  }

  private boolean isAsExpected(Balance balance) {
    return !balance.isEmpty() && balance.closes() && (!drained || balance.isDrained());
  }

  private String verdict(Balance balance) {
    if (balance.isEmpty()) {
      return "No process counts items there.";
    }
    if (!balance.closes()) {
      return "The balance is open. Processes count while they are read: look again when it is"
          + " quiet.";
    }
    if (drained && !balance.isDrained()) {
      return "The balance closes, and something is still on the way.";
    }
    return "The balance closes.";
  }
}
