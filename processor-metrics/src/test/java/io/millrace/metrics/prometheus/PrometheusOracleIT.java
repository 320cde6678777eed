package io.millrace.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.delivery.Answer;
import io.millrace.delivery.DeadReason;
import io.millrace.destination.DestinationConfig;
import io.millrace.metrics.relabel.RelabelRules;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

  /** What it says of samples it refuses, and what it does with the others of the request. */
  @Test
  void shouldRefuseInTheWordsWeKnow() throws Exception {
    try (PrometheusServer server = start("keep_identifying_resource_attributes: false")) {
      for (boolean version2 : new boolean[] {false, true}) {
        String name = version2 ? "two" : "one";
        RemoteWrite sender = sender(server, version2);
        long base = GoldenTest.BASE_MILLIS + (version2 ? 3_600_000 : 0);
        assertThat(send(sender, Otlp.gauge(name, Otlp.point(base + 1000, 1))))
            .isEqualTo(Answer.Accepted.ALL);
        assertReason(send(sender, Otlp.gauge(name, Otlp.point(base, 1))), DeadReason.OUT_OF_ORDER);
        assertReason(
            send(sender, Otlp.gauge(name, Otlp.point(base + 1000, 2))), DeadReason.DUPLICATE);
        assertReason(
            send(sender, Otlp.gauge(name, Otlp.point(base - 86_400_000, 1))), DeadReason.TOO_OLD);
        assertReason(
            send(sender, Otlp.gauge(name, Otlp.point(System.currentTimeMillis() + 86_400_000, 1))),
            DeadReason.TOO_OLD,
            DeadReason.TOO_NEW);
        // What is stored already is no harm
        assertThat(send(sender, Otlp.gauge(name, Otlp.point(base + 1000, 1))))
            .isEqualTo(Answer.Accepted.ALL);
        // Several samples of a series, one late: by 1.0 nothing is stored, by 2.0 the rest
        Answer mixed =
            send(
                sender,
                Otlp.gauge(
                    name,
                    Otlp.point(base, 1),
                    Otlp.point(base + 2000, 2),
                    Otlp.point(base + 3000, 3)));
        String stored = server.series(base, WINDOW).toString();
        if (version2) {
          assertThat(mixed)
              .isInstanceOfSatisfying(
                  Answer.Accepted.class,
                  accepted -> assertThat(accepted.rejectedItems()).isEqualTo(1));
          assertThat(stored).contains("T+1000 1.0", "T+2000 2.0", "T+3000 3.0");
        } else {
          assertReason(mixed, DeadReason.OUT_OF_ORDER);
          assertThat(stored).contains("T+1000 1.0").doesNotContain("T+2000", "T+3000");
        }
      }
    }
  }

  /** A Prometheus that is told to take 1.0 only. */
  @Test
  void shouldFallBackToVersion1() throws Exception {
    try (PrometheusServer server =
        PrometheusServer.start(
            binary,
            Files.createTempDirectory(folder, "p"),
            "keep_identifying_resource_attributes: false",
            "--web.remote-write-receiver.accepted-protobuf-messages=prometheus.WriteRequest")) {
      RemoteWrite sender = sender(server, true);
      Metric metric = Otlp.gauge("g", Otlp.point(GoldenTest.BASE_MILLIS, 1));

      assertThat(send(sender, metric)).isInstanceOf(Answer.Busy.class);
      assertThat(send(sender, metric)).isEqualTo(Answer.Accepted.ALL);
    }
  }

  private static void assertReason(Answer answer, DeadReason... reasons) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.reason()).as(refused.message()).isIn(List.of(reasons)));
  }

  private static RemoteWrite sender(PrometheusServer server, boolean version2) {
    return new RemoteWrite(
        "prometheus",
        DestinationConfig.to(server.url + "/api/v1/write"),
        new RemoteWriteConfig(
            version2,
            ConversionConfig.DEFAULT,
            Map.of(),
            Map.of(),
            RelabelRules.read("k", MissingNode.getInstance()),
            16 << 20),
        Clock.systemUTC(),
        new SimpleMeterRegistry());
  }

  private static Answer send(RemoteWrite sender, Metric metric) throws Exception {
    return sender.send(Otlp.batch(Otlp.request(metric))).get(30, TimeUnit.SECONDS);
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
        new Conversion(
            golden.config(strategy), Map.of(), Map.of(), SeriesLabels.UNCHANGED, new TargetTimes());
    conversion.start("");
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
