package io.millrace.standalone;

import io.millrace.daemon.CannotStart;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.Durations;
import io.millrace.daemon.InvalidConfig;
import io.millrace.shop.Endpoint;
import io.millrace.shop.Sent;
import io.millrace.shop.Shop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: opens the shop against any OTLP endpoint. Ends after its duration or on Ctrl-C,
 * when all that was told is sent; the exit status says whether it all arrived.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Sends traces, metrics and logs of a small shop to any OTLP endpoint.")
public final class DemoCommand implements Callable<Integer> {

  private static final int CONNECT_MILLIS = 5_000;
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  @Option(
      names = "--endpoint",
      required = true,
      paramLabel = "URL",
      description = "grpc://host:4317 for OTLP/gRPC, http://host:4318 for OTLP/HTTP.")
  private String endpoint = "";

  @Option(
      names = "--rate",
      defaultValue = "10",
      paramLabel = "N",
      description = "Visits a second; each is a trace. Default ${DEFAULT-VALUE}.")
  private double rate = 10;

  @Option(
      names = "--duration",
      defaultValue = "",
      paramLabel = "D",
      description = "How long, as 30s or 5m; until Ctrl-C if not given.")
  private String duration = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Endpoint to = Endpoint.parse(endpoint);
    Duration length = length();
    if (!(rate > 0) || rate > 1_000_000) {
      throw new InvalidConfig("--rate", rate, "more than 0, at most 1000000");
    }
    requireListening(to);
    JulToSlf4j.install();
    Shop shop = Shop.open(to);
    try (StopHook hook = StopHook.install(shop::stop)) {
      int status = sell(shop, length);
      hook.exitStatus(status);
      return status;
    }
  }

  private int sell(Shop shop, Duration length) throws InterruptedException {
    try (shop) {
      shop.run(rate, length);
    }
    Sent sent = shop.sent();
    spec.commandLine().getOut().println(sent.summary());
    spec.commandLine().getOut().flush();
    return sent.complete() ? Daemon.OK : Daemon.FAILED;
  }

  private Duration length() {
    if (duration.isEmpty()) {
      return FOR_EVER;
    }
    return Durations.parse(duration)
        .filter(length -> !length.isNegative() && !length.isZero())
        .filter(length -> length.compareTo(FOR_EVER) <= 0)
        .orElseThrow(() -> new InvalidConfig("--duration", duration, "a duration, such as 30s"));
  }

  /** Said at once, rather than after the exporters' retries. */
  private static void requireListening(Endpoint endpoint) {
    try (Socket socket = new Socket()) {
      var address = new InetSocketAddress(endpoint.uri().getHost(), endpoint.uri().getPort());
      socket.connect(address, CONNECT_MILLIS);
    } catch (IOException e) {
      throw new CannotStart(
          "--endpoint", endpoint.uri(), "an OTLP endpoint that answers; " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
