package io.millrace.metrics.prometheus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.xerial.snappy.Snappy;

/**
 * A backend that stores series by the rules of a Prometheus without an out-of-order window: no
 * sample before the last one of its series, none other at the same time. What it does with the rest
 * of a request, and in which words it refuses, is as its kind does it. Answers of other kinds can
 * be put in front.
 */
public final class Receiver implements AutoCloseable {

  /** In whose manner it refuses. */
  public enum Kind {
    /** By 1.0 nothing of a request with a bad sample is stored; by 2.0 the rest is. */
    PROMETHEUS,
    /** The rest is stored; its statistics of 2.0 count what it was sent. */
    MIMIR,
    /** The rest is stored; the answer is 409. */
    THANOS,
    /** Knows remote write 1.0 only, and does not look at the content type. */
    OLD
  }

  /** An answer to one request in place of what it would do. */
  public interface Script {
    void answer(HttpExchange exchange) throws IOException;
  }

  public record Request(Map<String, String> headers, ReceivedRequest body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final Kind kind;
  private final Deque<Script> scripts = new ArrayDeque<>();
  private final List<Request> requests = new ArrayList<>();
  private final Map<Map<String, String>, Map<Long, Double>> stored = new LinkedHashMap<>();
  private int refusedRequests;

  private Receiver(Kind kind) throws IOException {
    this.kind = kind;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/api/v1/write", this::handle);
    server.start();
  }

  public static Receiver start(Kind kind) throws IOException {
    return new Receiver(kind);
  }

  public String url() {
    return "http://localhost:%d/api/v1/write".formatted(server.getAddress().getPort());
  }

  /** The next requests are answered so, each by one, before anything of them is stored. */
  public synchronized Receiver script(int times, Script script) {
    for (int i = 0; i < times; i++) {
      scripts.add(script);
    }
    return this;
  }

  public static Script status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      respond(exchange, status, "scripted");
    };
  }

  public static Script closing() {
    return HttpExchange::close;
  }

  /** Values by time, of each series, in the order in which they came. */
  public synchronized Map<Map<String, String>, Map<Long, Double>> stored() {
    Map<Map<String, String>, Map<Long, Double>> copy = new LinkedHashMap<>();
    stored.forEach((labels, samples) -> copy.put(labels, new LinkedHashMap<>(samples)));
    return copy;
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** How many requests it refused by its own rules. */
  public synchronized int refusedRequests() {
    return refusedRequests;
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Script script;
    synchronized (this) {
      script = scripts.poll();
    }
    if (script != null) {
      script.answer(exchange);
      return;
    }
    try {
      store(exchange, Snappy.uncompress(body));
    } catch (IOException e) {
      respond(exchange, 500, e.toString());
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void store(HttpExchange exchange, byte[] body) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
    boolean version2 = headers.getOrDefault("Content-type", "").contains("write.v2.Request");
    if (version2 && kind == Kind.OLD) {
      respond(exchange, 204, "");
      return;
    }
    ReceivedRequest request = version2 ? ReceivedRequest.v2(body) : ReceivedRequest.v1(body);
    requests.add(new Request(headers, request));
    boolean rollsBack = kind == Kind.PROMETHEUS && !version2;
    String refusal = append(request, false);
    int written = request.series.stream().mapToInt(series -> series.samples.size()).sum();
    if (refusal.isEmpty() || !rollsBack) {
      written -= kind == Kind.MIMIR ? 0 : refused;
      append(request, true);
    }
    if (version2) {
      exchange
          .getResponseHeaders()
          .set("X-Prometheus-Remote-Write-Samples-Written", Integer.toString(written));
      exchange.getResponseHeaders().set("X-Prometheus-Remote-Write-Histograms-Written", "0");
    }
    refusedRequests += refusal.isEmpty() ? 0 : 1;
    respond(exchange, refusal.isEmpty() ? 204 : kind == Kind.THANOS ? 409 : 400, refusal);
  }

  private int refused;

  /** The first refusal, or nothing; stores what is not refused if it should. */
  private String append(ReceivedRequest request, boolean store) {
    String first = "";
    refused = 0;
    for (ReceivedRequest.Series series : request.series) {
      Map<Long, Double> samples = new LinkedHashMap<>(stored.getOrDefault(series.labels, Map.of()));
      for (ReceivedRequest.Sample sample : series.samples) {
        String refusal = refusal(series, samples, sample);
        if (refusal.isEmpty()) {
          samples.put(sample.millis(), sample.value());
        } else {
          refused++;
          first = first.isEmpty() ? refusal : first;
        }
      }
      if (store && !samples.isEmpty()) {
        stored.put(series.labels, samples);
      }
    }
    return first;
  }

  private String refusal(
      ReceivedRequest.Series series, Map<Long, Double> samples, ReceivedRequest.Sample sample) {
    if (series.labels.containsKey("poison")) {
      return words("label value too long", "err-mimir-label-value-too-long", sample);
    }
    Long last = samples.keySet().stream().reduce((a, b) -> b).orElse(Long.MIN_VALUE);
    if (sample.millis() < last) {
      return words("out of order sample", "err-mimir-sample-out-of-order", sample);
    }
    Double known = samples.get(sample.millis());
    return known == null || known == sample.value()
        ? ""
        : words("duplicate sample for timestamp", "err-mimir-sample-duplicate-timestamp", sample);
  }

  private String words(String words, String mimirs, ReceivedRequest.Sample sample) {
    return switch (kind) {
      case PROMETHEUS, OLD -> words;
      case MIMIR ->
          "failed pushing to ingester: the sample has been rejected (%s). The affected sample has timestamp %d"
              .formatted(mimirs, sample.millis());
      case THANOS -> "store locally for endpoint: add 1 samples: " + words;
    };
  }

  private static void respond(HttpExchange exchange, int status, String words) throws IOException {
    byte[] body = words.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 || status == 204 ? -1 : body.length);
    if (body.length > 0 && status != 204) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
