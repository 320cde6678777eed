package io.millrace.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.otlp.Signal;
import io.millrace.standalone.Item;
import io.millrace.topics.RecordHeaders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/**
 * The backend of all processors, on OTLP/HTTP: it keeps an account of what it was given, and goes
 * wrong as it is told to.
 */
final class Sink implements AutoCloseable {

  /** How a request ends. */
  enum Fault {
    NONE,
    /** Nothing is stored; come again later. */
    TOO_MANY_REQUESTS,
    /** Nothing is stored: the connection is gone when a part of the request has been read. */
    RESET_IN_REQUEST,
    /** Everything is stored, and the connection is gone before the answer. */
    STORED_AND_LOST,
    /** Everything is stored, and the connection is gone in the middle of the answer. */
    RESET_IN_ANSWER,
    /** Everything is stored and answered, after {@link Sink#PATIENCE} or when the sink recovers. */
    SLOW
  }

  /** How long a slow answer takes. */
  private static final Duration PATIENCE = Form.of(Duration.ofSeconds(2), Duration.ofSeconds(30));

  private final Map<Signal, Arrivals> arrivals = new EnumMap<>(Signal.class);
  private final ExecutorService threads = Executors.newCachedThreadPool(Sink::daemon);
  private final Gate hurry = new Gate();
  private volatile Function<String, Fault> faults = tenant -> Fault.NONE;
  private HttpServer server;
  private boolean away;
  private boolean faulty;

  private Sink() {
    for (Signal signal : Signal.values()) {
      arrivals.put(signal, new Arrivals(signal));
    }
    server = listen(0);
  }

  static Sink start() {
    return new Sink();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "sink");
    thread.setDaemon(true);
    return thread;
  }

  private HttpServer listen(int port) {
    try {
      HttpServer opened =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
      for (Signal signal : Signal.values()) {
        opened.createContext(signal.httpPath(), exchange -> handle(signal, exchange));
      }
      opened.setExecutor(threads);
      opened.start();
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  private int port() {
    return server.getAddress().getPort();
  }

  Arrivals arrivals(Signal signal) {
    return arrivals.get(signal);
  }

  /**
   * From now on.
   *
   * @param faultOf asked for each request, with the tenant it is of
   */
  void fail(Function<String, Fault> faultOf) {
    faulty = true;
    hurry.shut();
    faults = faultOf;
  }

  /** From now on nothing goes wrong any more, and who waits is answered. */
  void recover() {
    faults = tenant -> Fault.NONE;
    faulty = false;
    hurry.open();
  }

  /** Nobody listens there any more. */
  void leave() {
    server.stop(0);
    away = true;
  }

  /** On the same port. */
  void comeBack() {
    server = listen(port());
    away = false;
  }

  /** Whether it is there and nothing goes wrong. */
  boolean isAtRest() {
    return !away && !faulty;
  }

  private void handle(Signal signal, HttpExchange exchange) throws IOException {
    String tenant =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst(RecordHeaders.TENANT)).orElse("");
    Fault fault = faults.apply(tenant);
    try (exchange) {
      switch (fault) {
        case RESET_IN_REQUEST -> exchange.getRequestBody().read(new byte[16]);
        case TOO_MANY_REQUESTS -> {
          body(exchange);
          exchange.sendResponseHeaders(429, -1);
        }
        case SLOW -> {
          hurry.pass(PATIENCE);
          keep(signal, exchange);
        }
        case NONE -> keep(signal, exchange);
        case STORED_AND_LOST -> store(signal, exchange);
        case RESET_IN_ANSWER -> {
          store(signal, exchange);
          exchange.sendResponseHeaders(200, 64);
          exchange.getResponseBody().write(new byte[8]);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep(Signal signal, HttpExchange exchange) throws IOException {
    int items = store(signal, exchange);
    exchange.sendResponseHeaders(200, -1);
    arrivals.get(signal).accepted(items);
  }

  private int store(Signal signal, HttpExchange exchange) throws IOException {
    List<Item> items = Item.of(signal, body(exchange));
    arrivals.get(signal).add(items);
    return items.size();
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    byte[] sent = exchange.getRequestBody().readAllBytes();
    if (!"gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
      return sent;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(sent))) {
      return in.readAllBytes();
    }
  }

  @Override
  public void close() {
    recover();
    server.stop(0);
    threads.shutdownNow();
  }
}
