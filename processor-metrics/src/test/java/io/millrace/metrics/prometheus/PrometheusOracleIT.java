package io.millrace.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

/**
 * Prometheus is the oracle: the same OTLP through its own OTLP endpoint and, by remote write 1.0
 * and 2.0, through ours, must give the same answers of its query API. Runs where {@code
 * millrace.prometheus} names a Prometheus 3 binary; with {@code millrace.golden.update} it writes
 * the answers into the golden folders, and fails if they were others.
 */
@EnabledIfSystemProperty(named = "millrace.prometheus", matches = ".+")
class PrometheusOracleIT {

  private static final Duration WINDOW = Duration.ofSeconds(599);

  @TempDir Path folder;

  private final Path binary = Path.of(System.getProperty("millrace.prometheus", ""));
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> differences = new ArrayList<>();

  /** The times of a case, so that none sees another's series. */
  private static long base(int number) {
    return GoldenTest.BASE_MILLIS + number * 600_000L;
  }

  @Test
  void shouldAnswerAsAfterItsOwnOtlpEndpoint() throws Exception {
    Map<String, List<GoldenCase>> byOptions = new LinkedHashMap<>();
    for (GoldenCase golden : GoldenCase.all()) {
      byOptions.computeIfAbsent(golden.options(), key -> new ArrayList<>()).add(golden);
    }
    for (TranslationStrategy strategy : TranslationStrategy.values()) {
      for (Map.Entry<String, List<GoldenCase>> group : byOptions.entrySet()) {
        compare(strategy, group.getKey(), group.getValue());
      }
    }
    assertThat(differences).isEmpty();
  }

  private void compare(TranslationStrategy strategy, String options, List<GoldenCase> cases)
      throws Exception {
    String otlp = "translation_strategy: " + strategy.id() + "\n" + options;
    Map<GoldenCase, String> answers = new LinkedHashMap<>();
    try (PrometheusServer server = start(otlp)) {
      for (int i = 0; i < cases.size(); i++) {
        server.postOtlp(cases.get(i).otlp(base(i)));
        answers.put(cases.get(i), server.series(base(i), WINDOW).toString());
      }
    }
    for (GoldenCase golden : cases) {
      checkGolden(golden, strategy, answers.get(golden));
    }
    for (WriteRequest version : List.of(new WriteRequestV1(), new WriteRequestV2())) {
      try (PrometheusServer server = start(otlp)) {
        for (int i = 0; i < cases.size(); i++) {
          GoldenCase golden = cases.get(i);
          remoteWrite(server, golden, strategy, base(i), version);
          String ours = server.series(base(i), WINDOW).toString();
          if (!comparable(ours, version).equals(comparable(answers.get(golden), version))) {
            differences.add(
                "%s %s remote write %s:%n%s%nexpected:%n%s"
                    .formatted(
                        golden.name(),
                        strategy.id(),
                        version.version(),
                        ours,
                        answers.get(golden)));
          }
        }
      }
    }
  }

  /**
   * By 1.0 Prometheus takes exemplars before native histograms, and drops them where there is no
   * series yet.
   */
  private static String comparable(String answer, WriteRequest version) {
    return version instanceof WriteRequestV1
        ? answer.replaceAll("(?m)(^  T\\S+ count .*\\n)(^  exemplar .*\\n)+", "$1")
        : answer;
  }

  private PrometheusServer start(String otlp) throws IOException {
    return PrometheusServer.start(binary, Files.createTempDirectory(folder, "p"), otlp);
  }

  private void checkGolden(GoldenCase golden, TranslationStrategy strategy, String answer)
      throws IOException {
    Path file = golden.expected(strategy);
    String former = Files.exists(file) ? Files.readString(file) : "";
    if (!former.equals(answer)) {
      differences.add(file + " is not what Prometheus answers");
      if (Boolean.getBoolean("millrace.golden.update")) {
        Files.writeString(file, answer);
      }
    }
  }

  private void remoteWrite(
      PrometheusServer server,
      GoldenCase golden,
      TranslationStrategy strategy,
      long base,
      WriteRequest version)
      throws Exception {
    Conversion conversion =
        new Conversion(golden.config(strategy), Map.of(), Map.of(), SeriesLabels.UNCHANGED);
    conversion.start();
    conversion.add(golden.otlp(base));
    WireBuffer out = new WireBuffer(1024);
    version.write(conversion.table(), conversion, conversion.families(), out);
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(server.url + "/api/v1/write"))
                .header("Content-Type", version.contentType())
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", version.version())
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        Snappy.compress(out.toByteArray(0, out.size()))))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode())
        .as(golden.name() + " " + strategy.id() + ": " + response.body())
        .isEqualTo(204);
  }
}
