package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks a Collector for the answers of {@link CollectorOracleTest} again: {@code
 * -Dmillrace.collector} names its program, which needs the receiver otlp, the processor
 * tail_sampling and the exporter file. Where it answers otherwise, the golden file is written anew
 * and the test fails.
 *
 * <p>All blocks run in one process, each in a pipeline of its own. It gets the requests one by one
 * and is stopped, so that it decides everything it holds.
 */
@EnabledIfSystemProperty(named = "millrace.collector", matches = ".+")
class CollectorGoldenTest {

  private static final Path GOLDEN = Path.of("src/test/resources/tail-sampling");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void shouldAnswerAsTheCollectorDoesToday() throws Exception {
    List<String> input = Files.readAllLines(GOLDEN.resolve("input.jsonl"));
    for (String file : List.of("policies.tsv", "conditions.tsv")) {
      // Given
      List<String> before = Files.readAllLines(GOLDEN.resolve(file));
      List<String> blocks = before.stream().map(line -> line.split("\t", 2)[1]).toList();
      // When
      List<String> now = ask(blocks, input, Files.createDirectory(folder.resolve(file)));
      // Then
      if (!now.equals(before)) {
        Files.write(GOLDEN.resolve(file), now);
      }
      assertThat(now).as("%s, which is written anew", file).isEqualTo(before);
    }
  }

  private List<String> ask(List<String> blocks, List<String> input, Path out) throws Exception {
    int port = freePort();
    Path config = Files.writeString(out.resolve("collector.yaml"), config(blocks, port, out));
    Process collector =
        new ProcessBuilder(System.getProperty("millrace.collector"), "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(out.resolve("collector.log").toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .failFast(() -> assertThat(collector.isAlive()).as(log(out)).isTrue())
          .until(() -> listens(port));
      send(input, port);
      collector.destroy();
      assertThat(collector.waitFor(60, TimeUnit.SECONDS)).as("has stopped").isTrue();
    } finally {
      collector.destroyForcibly();
    }
    Set<String> traces = new TreeSet<>();
    for (String line : input) {
      addTraces(line, traces);
    }
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      answers.add(answer(traces, out.resolve(i + ".jsonl")) + "\t" + blocks.get(i));
    }
    return answers;
  }

  private static String config(List<String> blocks, int port, Path out) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("receivers")
        .putObject("otlp")
        .putObject("protocols")
        .putObject("http")
        .put("endpoint", "127.0.0.1:" + port);
    ObjectNode processors = root.putObject("processors");
    ObjectNode exporters = root.putObject("exporters");
    ObjectNode service = root.putObject("service");
    service.putObject("telemetry").putObject("metrics").put("level", "none");
    ObjectNode pipelines = service.putObject("pipelines");
    for (int i = 0; i < blocks.size(); i++) {
      processors.set("tail_sampling/" + i, JSON.readTree(blocks.get(i)));
      exporters.putObject("file/" + i).put("path", out.resolve(i + ".jsonl").toString());
      ObjectNode pipeline = pipelines.putObject("traces/" + i);
      pipeline.putArray("receivers").add("otlp");
      pipeline.putArray("processors").add("tail_sampling/" + i);
      pipeline.putArray("exporters").add("file/" + i);
    }
    return JSON.writeValueAsString(root).replace("$", "$$"); // which stands for a variable there
  }

  private static void send(List<String> input, int port) throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (String line : input) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(line, UTF_8))
              .build();
      assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  private static String answer(Set<String> traces, Path file) throws IOException {
    Set<String> kept = new TreeSet<>();
    for (String line : Files.readAllLines(file)) {
      addTraces(line, kept);
    }
    StringBuilder answer = new StringBuilder();
    traces.forEach(trace -> answer.append(kept.contains(trace) ? '1' : '0'));
    return answer.toString();
  }

  private static void addTraces(String line, Set<String> traces) throws IOException {
    for (JsonNode id : JSON.readTree(line).findValues("spans")) {
      id.forEach(span -> traces.add(span.get("traceId").asText()));
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String log(Path out) throws IOException {
    return Files.readString(out.resolve("collector.log"));
  }
}
