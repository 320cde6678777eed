package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedBroker;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands as processes of their own: exit status, what the person who typed them reads, and
 * never a stack trace.
 */
class CommandLineIT {

  private static final String UP = "io.millrace.standalone.Main";
  private static final String WHAT_IF = "io.millrace.traces.WhatIfCommand";
  private static final String TOPICS = "io.millrace.topics.Main";

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void shouldNameTheUnknownKeyAndThoseItKnows() {
    assertFails(
        run(UP, "up", "--set", "gateway.grcp.port=4317"),
        2,
        "gateway.grcp: unknown key (expected: one of grpc, http, connections, cors, credentials,"
            + " tenants, max-request-bytes, max-in-flight-bytes, partition-logs-by, hasher,"
            + " metadata-headers, producer, drain-timeout)");
  }

  @ParameterizedTest
  @CsvSource({
    "gateway.grpc.port, 0.0.0.0",
    "gateway.http.port, 0.0.0.0",
    "admin.port, 0.0.0.0",
    "standalone.kafka-port, 127.0.0.1"
  })
  void shouldNameTheKeyOfABusyPort(String key, String host) throws IOException {
    try (ServerSocket busy = new ServerSocket()) {
      busy.bind(new InetSocketAddress(host, 0));
      int port = busy.getLocalPort();
      assertFails(
          up(folder.resolve("data"), "--set", key + "=" + port),
          1,
          "%s: %d (expected: a free port; another process listens there)".formatted(key, port));
    }
  }

  @Test
  void shouldNameTheFolderThatCannotBeMade() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path below = file.resolve("data");
    assertFails(
        up(below),
        1,
        "standalone.data-dir: %s (expected: a folder that can be made)".formatted(below));
  }

  @Test
  void shouldNameTheFolderThatAnotherPipelineUses() {
    Path data = folder.resolve("data");
    try (EmbeddedBroker other = EmbeddedBroker.start(data.resolve("kafka"), 0)) {
      assertFails(up(data), 1, data.resolve("kafka") + ": in use by another broker");
    }
  }

  /** Ctrl-C of a person who has changed their mind, at three moments. */
  @ParameterizedTest
  @ValueSource(strings = {"meta.properties", "__cluster_metadata-0", "otlp-traces-0"})
  void shouldStopWhileItStarts(String sign) {
    Path data = folder.resolve("data");
    try (ChildJvm starting = up(data)) {
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> Files.exists(data.resolve("kafka").resolve("log").resolve(sign)));

      assertThat(starting.terminate()).as(starting::output).isZero();
      assertThat(starting.complaints()).isEmpty();
      starting.assertNoStackTrace();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gateway", "traces", "metrics", "logs"})
  void shouldValidateEveryRole(String role) throws IOException {
    Path good = config("127.0.0.1:9092");
    Path bad = Files.writeString(folder.resolve("bad.yaml"), "admin:\n  port: 70000\n");

    try (ChildJvm valid = run(main(role), "validate", "--config", good.toString())) {
      assertThat(valid.exitStatus()).as(valid::output).isZero();
      assertThat(valid.stdout()).containsExactly(role + ": configuration is valid");
      valid.assertNoStackTrace();
    }
    assertFails(
        run(main(role), "validate", "--config", bad.toString()),
        2,
        "admin.port: 70000 (expected: 0 to 65535)");
  }

  /** The span is the one of the README. */
  @Test
  void shouldSampleTheDemoAndKeepTheSpanOfTheReadme() throws Exception {
    Path data = folder.resolve("data");
    String readme = Files.readString(Path.of("../../README.md"));
    String span =
        readme.substring(readme.indexOf("'{\"resourceSpans\"") + 1, readme.indexOf("}'\n"));
    try (ChildJvm up = up(data, "--demo", "--demo-rate", "20")) {
      String endpoint = up.awaitOutput("HTTP (http:\\S+)").group(1);
      assertThat(up.stdout())
          .contains("  Sampling   errors, slow, tenth; a trace is decided after 12s");

      var request =
          HttpRequest.newBuilder(URI.create(endpoint + "/v1/traces"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(span + "}"))
              .build();
      var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

      await()
          .atMost(LONG)
          .until(
              () ->
                  OutFiles.items(data, Signal.TRACES).stream()
                      .map(item -> (Span) item.value())
                      .anyMatch(
                          found ->
                              found.getName().equals("hello")
                                  && found.getTraceState().equals("ot=th:0")));
      assertThat(up.terminate()).as(up::output).isZero();
      up.assertNoStackTrace();
    }
  }

  /** Ctrl-C comes while the last delta is on its way: it is waited for. */
  @Test
  void shouldSumDeltaPointsAndDeliverTheSumsBeforeItStops() throws Exception {
    Path data = folder.resolve("data");
    try (ChildJvm up = up(data, "--set", "metrics.delta.enabled=true")) {
      String endpoint = up.awaitOutput("HTTP (http:\\S+)").group(1);
      for (int second = 1; second <= 3; second++) {
        assertThat(post(URI.create(endpoint + "/v1/metrics"), delta(second))).isEqualTo(200);
      }
      assertThat(up.terminate()).as(up::output).isZero();
      up.assertNoStackTrace();
    }
    List<NumberDataPoint> sums =
        OutFiles.items(data, Signal.METRICS).stream()
            .map(item -> ((Metric) item.value()).getSum())
            .peek(sum -> assertThat(sum.getAggregationTemporality().getNumber()).isEqualTo(2))
            .flatMap(sum -> sum.getDataPointsList().stream())
            .toList();
    assertThat(sums).extracting(NumberDataPoint::getAsInt).containsExactly(1L, 3L, 6L);
    assertThat(sums).extracting(NumberDataPoint::getStartTimeUnixNano).containsOnly(1_000_000_000L);
  }

  static byte[] delta(int value) {
    Sum sum =
        Sum.newBuilder()
            .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
            .setIsMonotonic(true)
            .addDataPoints(
                NumberDataPoint.newBuilder()
                    .setStartTimeUnixNano(1_000_000_000L * value)
                    .setTimeUnixNano(1_000_000_000L * (value + 1))
                    .setAsInt(value))
            .build();
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(
                    ScopeMetrics.newBuilder()
                        .addMetrics(Metric.newBuilder().setName("requests").setSum(sum))))
        .build()
        .toByteArray();
  }

  @Test
  void shouldSayWhatPoliciesWouldHaveKept() throws IOException {
    String policies = Path.of("../../processor-traces/example.yaml").toAbsolutePath().toString();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
      String config = config(broker.bootstrapServers()).toString();
      try (ChildJvm apply = run(TOPICS, "apply", "--config", config)) {
        assertThat(apply.exitStatus()).as(apply::output).isZero();
      }
      try (ChildJvm whatIf =
          run(WHAT_IF, "--policies", policies, "--from", "-2h", "--config", config)) {
        assertThat(whatIf.exitStatus()).as(whatIf::output).isZero();
        assertThat(whatIf.stdout()).last().isEqualTo("No trace began in that time.");
        assertThat(whatIf.complaints()).isEmpty();
        whatIf.assertNoStackTrace();
      }
    }
    assertFails(
        run(WHAT_IF, "--policies", policies, "--from", "tomorrow"),
        2,
        "--from: tomorrow (expected: a time such as -2h or 2026-11-21T10:00:00Z)");
  }

  @Test
  void shouldCheckApplyAndCheckTopics() throws IOException {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
      String config = config(broker.bootstrapServers()).toString();

      try (ChildJvm check = run(TOPICS, "check", "--config", config)) {
        assertThat(check.exitStatus()).as(check::output).isEqualTo(1);
        assertThat(check.complaints())
            .hasSize(7)
            .contains("otlp-traces: topic missing (expected: to exist)");
        check.assertNoStackTrace();
      }
      for (String action : List.of("apply", "check")) {
        try (ChildJvm done = run(TOPICS, action, "--config", config)) {
          assertThat(done.exitStatus()).as(done::output).isZero();
          assertThat(done.stdout())
              .hasSize(7)
              .contains("otlp-traces: 3 partitions, 1 replicas, as configured");
          assertThat(done.complaints()).isEmpty();
        }
      }
      assertFails(
          run(TOPICS, "check", "--config", config, "--set", "topics.logs.partitions=4"),
          1,
          "otlp-logs: partitions 3 (expected: 4)");
    }
  }

  @Test
  void shouldSayThatKafkaDoesNotAnswer() throws IOException {
    int nobody = FreePorts.choose(1).get(0);
    try (ChildJvm check =
        run(
            TOPICS,
            "check",
            "--set",
            "kafka.bootstrap-servers=127.0.0.1:" + nobody,
            "--set",
            "kafka.properties.\"default.api.timeout.ms\"=2000",
            "--set",
            "kafka.properties.\"request.timeout.ms\"=1000")) {
      assertThat(check.exitStatus()).as(check::output).isEqualTo(1);
      assertThat(check.complaints())
          .singleElement()
          .asString()
          .startsWith(
              "kafka.bootstrap-servers: 127.0.0.1:%d (expected: a Kafka that answers"
                  .formatted(nobody));
      check.assertNoStackTrace();
    }
  }

  @Test
  void shouldRunTheRolesAsProcessesOfTheirOwn() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
      // Given
      Path config = config(broker.bootstrapServers());
      try (ChildJvm apply = run(TOPICS, "apply", "--config", config.toString())) {
        assertThat(apply.exitStatus()).as(apply::output).isZero();
      }
      List<ChildJvm> roles = new ArrayList<>();
      try {
        ChildJvm gateway = role("gateway", config);
        roles.add(gateway);
        for (Signal signal : Signal.values()) {
          roles.add(role(signal.id(), config));
        }
        int port = Integer.parseInt(gateway.awaitLog("OTLP/HTTP on port (\\d+)").group(1));
        for (ChildJvm role : roles) {
          awaitReady(role);
        }

        // When
        for (Signal signal : Signal.values()) {
          assertThat(post(port, signal)).isEqualTo(200);
        }

        // Then
        for (Signal signal : Signal.values()) {
          await()
              .atMost(LONG)
              .untilAsserted(
                  () ->
                      assertThat(OutFiles.items(folder, signal))
                          .containsExactly(NumberedItems.item(signal, 7)));
        }
        for (ChildJvm role : roles) {
          assertThat(role.terminate()).as(role::output).isZero();
          assertThat(role.complaints()).isEmpty();
          role.assertNoStackTrace();
        }
      } finally {
        roles.forEach(ChildJvm::close);
      }
    }
  }

  @Test
  void shouldTellTheLagOfAGroupAndMoveIt() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
      String config = config(broker.bootstrapServers()).toString();
      try (ChildJvm apply = run(TOPICS, "apply", "--config", config)) {
        assertThat(apply.exitStatus()).as(apply::output).isZero();
      }
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      try (Admin admin = Admin.create(client)) {
        admin
            .alterConsumerGroupOffsets(
                "millrace-logs-files",
                Map.of(new TopicPartition("otlp-logs", 0), new OffsetAndMetadata(0)))
            .all()
            .get();
      }
      try (ChildJvm exporter = run("io.millrace.groups.LagExporter", "--config", config)) {
        String port = exporter.awaitLog("started, admin port (\\d+)").group(1);
        awaitReady(exporter);
        var metrics = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"));
        assertThat(
                HttpClient.newHttpClient()
                    .send(metrics.build(), BodyHandlers.ofString())
                    .body()
                    .lines())
            .contains(
                "millrace_group_lag_records{group=\"millrace-logs-files\",partition=\"0\","
                    + "topic=\"otlp-logs\"} 0.0",
                "millrace_group_members{group=\"millrace-logs-files\"} 0.0");
        assertThat(exporter.terminate()).as(exporter::output).isZero();
        exporter.assertNoStackTrace();
      }
      try (ChildJvm reset =
          run(
              "io.millrace.groups.ResetCommand",
              "--group=millrace-logs-files",
              "--to=-1h",
              "--confirm",
              "--config",
              config)) {
        assertThat(reset.exitStatus()).as(reset::output).isZero();
        assertThat(reset.stdout()).last().isEqualTo("Moved.");
        assertThat(reset.complaints()).isEmpty();
      }
    }
  }

  /** One file for all roles, as an operator would write it. */
  private Path config(String bootstrapServers) throws IOException {
    StringBuilder yaml = new StringBuilder();
    yaml.append("kafka:\n  bootstrap-servers: ").append(bootstrapServers).append('\n');
    yaml.append("admin:\n  port: 0\n");
    yaml.append("gateway:\n  grpc:\n    port: 0\n  http:\n    port: 0\n");
    yaml.append("topics:\n");
    for (Signal signal : Signal.values()) {
      yaml.append("  ").append(signal.id());
      yaml.append(":\n    partitions: 3\n    replication-factor: 1\n");
    }
    for (Signal signal : Signal.values()) {
      URI out = folder.resolve("out").resolve(signal.id()).toUri();
      yaml.append(signal.id());
      yaml.append(":\n  destinations:\n    files:\n      url: ").append(out).append('\n');
    }
    return Files.writeString(folder.resolve("millrace.yaml"), yaml);
  }

  private ChildJvm up(Path dataDir, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("up", "--data-dir", dataDir.toString()));
    for (String key :
        List.of("gateway.grpc.port", "gateway.http.port", "admin.port", "standalone.kafka-port")) {
      arguments.addAll(List.of("--set", key + "=0"));
    }
    arguments.addAll(List.of(more));
    return ChildJvm.start(folder, UP, arguments);
  }

  private ChildJvm role(String role, Path config) {
    return run(main(role), "--config", config.toString());
  }

  private static String main(String role) {
    return "io.millrace.%s.Main".formatted(role);
  }

  private ChildJvm run(String main, String... arguments) {
    return ChildJvm.start(folder, main, List.of(arguments));
  }

  /** It ends with this status and says this one line to the person, and none of it in a log. */
  private static void assertFails(ChildJvm failing, int status, String line) {
    try (failing) {
      assertThat(failing.exitStatus()).as(failing::output).isEqualTo(status);
      assertThat(failing.complaints()).as(failing::output).containsExactly(line);
      failing.assertNoStackTrace();
    }
  }

  private static void awaitReady(ChildJvm role) {
    String port = role.awaitLog("started, admin port (\\d+)").group(1);
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ready")).build();
    await()
        .atMost(LONG)
        .until(
            () ->
                HttpClient.newHttpClient().send(ready, BodyHandlers.discarding()).statusCode()
                    == 200);
  }

  private static int post(int port, Signal signal) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + signal.httpPath());
    return post(uri, NumberedItems.request(signal, 7, 8));
  }

  private static int post(URI uri, byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }
}
