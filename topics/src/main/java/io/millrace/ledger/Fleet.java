package io.millrace.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.daemon.CannotStart;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Where the figures of a fleet are read: from its processes, or from a Prometheus. */
final class Fleet {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /**
   * Asks each process.
   *
   * @param processes URLs of admin ports; {@code /metrics} is added to a bare one
   */
  List<Sample> ask(List<URI> processes) throws InterruptedException {
    List<Sample> samples = new ArrayList<>();
    for (URI process : processes) {
      boolean isBare = process.getPath() == null || process.getPath().matches("/?");
      samples.addAll(Sample.parse(get(isBare ? process.resolve("/metrics") : process)));
    }
    return samples;
  }

  /**
   * Asks a Prometheus for its last figure of each process that is up.
   *
   * @param matchers such as {@code job="millrace"}; empty for all
   */
  List<Sample> askPrometheus(URI prometheus, String matchers) throws InterruptedException {
    String names =
        Arrays.stream(LedgerMeter.values())
            .map(LedgerMeter::metric)
            .collect(Collectors.joining("|"));
    String query =
        "sum by (__name__, signal, destination) ({__name__=~\"%s\"%s})"
            .formatted(names, matchers.isEmpty() ? "" : ", " + matchers);
    String base = prometheus.toString().replaceAll("/+$", "");
    URI uri = URI.create(base + "/api/v1/query?query=" + URLEncoder.encode(query, UTF_8));
    try {
      List<Sample> samples = new ArrayList<>();
      for (JsonNode result : JSON.readTree(get(uri)).path("data").path("result")) {
        Map<String, String> labels = new HashMap<>();
        result
            .path("metric")
            .properties()
            .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        double value = Double.parseDouble(result.path("value").path(1).asText("0"));
        samples.add(new Sample(labels.getOrDefault("__name__", ""), labels, value));
      }
      return samples;
    } catch (IOException e) {
      throw new CannotStart("--prometheus", prometheus, "a Prometheus that answers in JSON", e);
    }
  }

  private String get(URI uri) throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString(UTF_8));
      if (answer.statusCode() != 200) {
        throw new CannotStart("%s: %d (expected: 200)".formatted(uri, answer.statusCode()), null);
      }
      return answer.body();
    } catch (IOException e) {
      throw new CannotStart("%s: no answer (expected: metrics; %s)".formatted(uri, e), e);
    }
  }
}
