package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
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
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A Prometheus of its own, with an empty store, for as long as a test runs. */
final class PrometheusServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  final String url;

  private PrometheusServer(Process process, int port) {
    this.process = process;
    this.url = "http://127.0.0.1:" + port;
  }

  /**
   * @param folder an empty one
   * @param otlp the otlp block of its configuration
   */
  static PrometheusServer start(Path binary, Path folder, String otlp, String... more)
      throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        "storage: {exemplars: {max_exemplars: 10000}}\notlp:\n  " + otlp.replace("\n", "\n  "));
    List<String> command =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-otlp-receiver",
                "--web.enable-remote-write-receiver",
                "--enable-feature=exemplar-storage,native-histograms",
                "--log.level=warn"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    PrometheusServer server = new PrometheusServer(process, port);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(server::isReady);
    return server;
  }

  private boolean isReady() throws InterruptedException {
    try {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create(url + "/-/ready")).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends OTLP to its own endpoint. */
  void postOtlp(byte[] otlp) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(url + "/api/v1/otlp/v1/metrics"))
                .header("Content-Type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.ofByteArray(otlp))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("HTTP %d %s".formatted(response.statusCode(), response.body()));
    }
  }

  /** All it has of a time, samples and exemplars. */
  SeriesText series(long baseMillis, Duration window) throws IOException, InterruptedException {
    SeriesText text = new SeriesText(baseMillis);
    String all = URLEncoder.encode("{__name__=~\".+\"}", UTF_8);
    long end = baseMillis / 1000 + window.toSeconds();
    String range = URLEncoder.encode("[" + window.toSeconds() + "s]", UTF_8);
    for (JsonNode one : get("/api/v1/query?query=" + all + range + "&time=" + end).path("result")) {
      Map<String, String> labels = texts(one.path("metric"));
      one.path("values")
          .forEach(sample -> text.sample(labels, millis(sample.get(0)), number(sample.get(1))));
      one.path("histograms").forEach(sample -> histogram(text, labels, sample));
    }
    String bounds = "&start=" + baseMillis / 1000 + "&end=" + end;
    for (JsonNode one : get("/api/v1/query_exemplars?query=" + all + bounds)) {
      Map<String, String> labels = texts(one.path("seriesLabels"));
      for (JsonNode exemplar : one.path("exemplars")) {
        text.exemplar(
            labels,
            millis(exemplar.path("timestamp")),
            number(exemplar.path("value")),
            texts(exemplar.path("labels")));
      }
    }
    return text;
  }

  private static void histogram(SeriesText text, Map<String, String> labels, JsonNode sample) {
    JsonNode histogram = sample.get(1);
    List<SeriesText.Bucket> buckets = new ArrayList<>();
    for (JsonNode bucket : histogram.path("buckets")) {
      buckets.add(
          new SeriesText.Bucket(
              number(bucket.get(1)), number(bucket.get(2)), number(bucket.get(3))));
    }
    text.histogram(
        labels,
        millis(sample.get(0)),
        number(histogram.path("count")),
        number(histogram.path("sum")),
        buckets);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(url + path)).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("HTTP %d %s".formatted(response.statusCode(), response.body()));
    }
    return JSON.readTree(response.body()).path("data");
  }

  private static Map<String, String> texts(JsonNode labels) {
    Map<String, String> texts = new LinkedHashMap<>();
    labels.properties().forEach(label -> texts.put(label.getKey(), label.getValue().asText()));
    return texts;
  }

  private static long millis(JsonNode seconds) {
    return Math.round(seconds.asDouble() * 1000);
  }

  private static double number(JsonNode text) {
    return switch (text.asText()) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text.asText());
    };
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
