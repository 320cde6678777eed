package io.millrace.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.logs.loki.PushText;
import io.millrace.otlp.MalformedOtlp;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import org.xerial.snappy.Snappy;

/**
 * A Loki of a few lines, on both of its endpoints: it stores the lines it is sent, in the order in
 * which they come, and goes wrong as it is told to. Of a request with lines it refuses it stores
 * the others, as Loki does.
 */
final class FakeLoki implements AutoCloseable {

  /** How a request ends. */
  enum Fault {
    NONE,
    /** Nothing is stored. */
    TOO_MANY_REQUESTS,
    SERVER_ERROR,
    /** Everything is stored, and nobody is told. */
    STORED_BUT_ERROR,
    CONNECTION_CLOSED
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final List<String> stored = new CopyOnWriteArrayList<>();
  private final List<byte[]> requests = new CopyOnWriteArrayList<>();
  private final Supplier<Fault> faults;
  private final Predicate<String> refused;

  private FakeLoki(HttpServer server, Supplier<Fault> faults, Predicate<String> refused) {
    this.server = server;
    this.faults = faults;
    this.refused = refused;
  }

  /**
   * @param faults asked for each request
   * @param refused lines that are never stored
   */
  static FakeLoki start(Supplier<Fault> faults, Predicate<String> refused) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    FakeLoki loki = new FakeLoki(server, faults, refused);
    server.createContext("/", loki::handle);
    server.setExecutor(loki.threads);
    server.start();
    return loki;
  }

  String url(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  /** In the order of their coming, those that came twice twice. */
  List<String> stored() {
    return List.copyOf(stored);
  }

  /** Bodies of all requests, as they were before compression. */
  List<byte[]> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = decompressed(exchange);
    requests.add(body);
    List<String> lines =
        exchange.getRequestURI().getPath().startsWith("/otlp") ? exported(body) : pushed(body);
    Fault fault = faults.get();
    switch (fault) {
      case TOO_MANY_REQUESTS -> respond(exchange, 429, "Ingestion rate limit exceeded");
      case SERVER_ERROR -> respond(exchange, 500, "ring is empty");
      case CONNECTION_CLOSED -> exchange.close();
      case STORED_BUT_ERROR, NONE -> {
        List<String> kept = lines.stream().filter(refused.negate()).toList();
        stored.addAll(kept);
        if (fault == Fault.STORED_BUT_ERROR) {
          respond(exchange, 503, "gone");
        } else if (kept.size() < lines.size()) {
          respond(exchange, 400, "entry for stream '{}' has timestamp too old: 2020-01-01");
        } else {
          respond(exchange, exchange.getRequestURI().getPath().startsWith("/otlp") ? 200 : 204, "");
        }
      }
    }
  }

  private static void respond(HttpExchange exchange, int status, String words) throws IOException {
    byte[] body = words.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static byte[] decompressed(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    return switch (exchange.getRequestURI().getPath()) {
      case "/loki/api/v1/push" -> Snappy.uncompress(body);
      case "/otlp/v1/logs" -> new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
      default -> throw new IOException("no such path: " + exchange.getRequestURI());
    };
  }

  private static List<String> pushed(byte[] request) throws IOException {
    try {
      return PushText.of(request)
          .lines()
          .filter(line -> line.matches("  \\d.*"))
          .map(line -> line.replaceFirst("  \\S+ ", ""))
          .toList();
    } catch (MalformedOtlp e) {
      throw new IOException(e);
    }
  }

  private static List<String> exported(byte[] body) throws IOException {
    var request = ExportLogsServiceRequest.parseFrom(body);
    List<String> lines = new ArrayList<>();
    for (var resource : request.getResourceLogsList()) {
      for (var scope : resource.getScopeLogsList()) {
        scope.getLogRecordsList().forEach(log -> lines.add(log.getBody().getStringValue()));
      }
    }
    return lines;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
