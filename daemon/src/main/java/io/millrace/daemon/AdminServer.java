package io.millrace.daemon;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port: health, metrics, configuration and version of one process over plain HTTP, for
 * probes, scrapers and people. It serves from its own daemon threads and outlives the role while
 * that drains.
 */
public final class AdminServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** A probe must be answered while a scrape is being written. */
  private static final int THREADS = 3;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<String, Supplier<Page>> pages;

  private record Page(int status, String type, String body) {}

  /**
   * @throws CannotStart if the address cannot be listened on
   */
  public static AdminServer start(AdminConfig config, AdminPages pages) {
    InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
    if (address.isUnresolved()) {
      throw new CannotStart("admin.host", config.host(), "an address that resolves", null);
    }
    try {
      return new AdminServer(HttpServer.create(address, 0), pages);
    } catch (IOException e) {
      throw CannotStart.cannotListen("admin.port", config.port(), e);
    }
  }

  private AdminServer(HttpServer server, AdminPages pages) {
    this.server = server;
    this.pages = routes(pages);
    this.threads = Executors.newFixedThreadPool(THREADS, AdminServer::thread);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The port in use, also when 0 was configured. */
  public int port() {
    return server.getAddress().getPort();
  }

  private static Map<String, Supplier<Page>> routes(AdminPages pages) {
    Map<String, Supplier<Page>> routes = new TreeMap<>();
    routes.put("/metrics", () -> new Page(200, PROMETHEUS, pages.metrics().get()));
    routes.put("/live", () -> new Page(200, TEXT, "live\n"));
    routes.put("/ready", () -> ready(pages.unready().get()));
    routes.put("/config", () -> new Page(200, "application/yaml", pages.config()));
    routes.put("/version", () -> new Page(200, "application/json", version(pages.name())));
    String index = pages.name() + "\n\n" + String.join("\n", routes.keySet()) + "\n";
    routes.put("/", () -> new Page(200, TEXT, index));
    return routes;
  }

  private static Page ready(Optional<String> unready) {
    return unready
        .map(reason -> new Page(503, TEXT, Shown.line(reason) + "\n"))
        .orElse(new Page(200, TEXT, "ready\n"));
  }

  private static String version(String name) {
    Version version = Version.current();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name).put("version", version.version());
    if (!version.commit().isEmpty()) {
      json.put("commit", version.commit());
    }
    return json.put("java", Runtime.version().toString()) + "\n";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Page page = page(exchange);
      byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", page.type());
      exchange.sendResponseHeaders(page.status(), body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private Page page(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    Supplier<Page> page = pages.get(path);
    if (page == null) {
      return new Page(404, TEXT, "no such page; / lists them\n");
    }
    if (!exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Allow", "GET");
      return new Page(405, TEXT, "only GET\n");
    }
    try {
      return page.get();
    } catch (RuntimeException e) {
      log.error("{} failed", path, e);
      return new Page(500, TEXT, "failed; the log says why\n");
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "admin");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
