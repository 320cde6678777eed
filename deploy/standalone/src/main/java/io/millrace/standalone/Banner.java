package io.millrace.standalone;

import io.millrace.daemon.Durations;
import io.millrace.otlp.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a person needs to know once the pipeline is up, in ten lines or fewer. */
final class Banner {

  private Banner() {}

  static List<String> lines(StandaloneConfig config, Pipeline pipeline) {
    List<String> lines = new ArrayList<>();
    lines.add("Millrace is up.");
    lines.add(
        line(
            "Send OTLP",
            "gRPC localhost:%d, HTTP http://localhost:%d"
                .formatted(pipeline.grpcPort(), pipeline.httpPort())));
    for (Signal signal : Signal.values()) {
      lines.add(line(capital(signal.id()), destinations(config, signal)));
    }
    lines.add(line("Sampling", sampling(config)));
    lines.add(line("Admin", admin(config.admin().port())));
    lines.add(
        line("Kafka", pipeline.bootstrapServers() + ", data in " + config.standalone().dataDir()));
    lines.add(line("Stop", "Ctrl-C"));
    return lines;
  }

  private static String admin(int port) {
    return port == 0
        ? "on the port that the log names"
        : "http://localhost:%d (/metrics, /ready, /config)".formatted(port);
  }

  private static String sampling(StandaloneConfig config) {
    List<String> policies = config.traces().policyNames();
    return policies.isEmpty()
        ? "none: every trace is kept"
        : "%s; a trace is decided after %s"
            .formatted(
                String.join(", ", policies), Durations.format(config.traces().longestVerdict()));
  }

  private static String destinations(StandaloneConfig config, Signal signal) {
    var configured = new TreeMap<>(config.processor(signal).destinations());
    if (configured.keySet().equals(java.util.Set.of(StandaloneConfig.FILES))) {
      return "to " + config.outFolder(signal);
    }
    return configured.entrySet().stream()
        .map(Map.Entry::getValue)
        .map(destination -> "to " + destination.url())
        .collect(Collectors.joining(", "));
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static String line(String name, String value) {
    return "  %-10s %s".formatted(name, value);
  }
}
