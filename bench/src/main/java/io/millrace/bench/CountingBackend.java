package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import io.millrace.otlp.WireReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * A backend of one side that takes every request and counts what is in it. Its work is not that of
 * the process under measurement.
 */
final class CountingBackend implements AutoCloseable {

  /** Takes a number of items as text, from one that sends none. */
  static final String COUNTED = "/counted";

  private static final byte[] NONE = {};
  private static final byte[] NAME = "__name__".getBytes(UTF_8);
  private static final byte[] TARGET_INFO = "target_info".getBytes(UTF_8);

  static {
    // Without it answers wait for the delayed acknowledgement of their headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final AtomicLong items = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();

  CountingBackend() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    count("/v1/logs", request -> OtlpItems.count(Signal.LOGS, request));
    count("/v1/metrics", request -> OtlpItems.count(Signal.METRICS, request));
    count("/loki/api/v1/push", CountingBackend::entries);
    count("/api/v1/write", CountingBackend::samples);
    count(COUNTED, number -> Long.parseLong(new String(number, UTF_8)));
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** What has arrived so far. */
  record Arrived(long items, long requests, long bytes) {

    Arrived since(Arrived before) {
      return new Arrived(items - before.items, requests - before.requests, bytes - before.bytes);
    }
  }

  /**
   * Log records, data points or, by remote write, samples but those of {@code target_info}.
   *
   * @throws IllegalStateException if a request could not be read
   */
  Arrived arrived() {
    Exception failure = failed.get();
    if (failure != null) {
      throw new IllegalStateException("a request that cannot be read", failure);
    }
    return new Arrived(items.get(), requests.get(), bytes.get());
  }

  private interface Counting {
    long of(byte[] request) throws MalformedOtlp;
  }

  private void count(String path, Counting counting) {
    server.createContext(path, exchange -> answer(exchange, counting));
  }

  private void answer(HttpExchange exchange, Counting counting) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
      items.addAndGet(counting.of(decoded(body, encoding == null ? "" : encoding)));
      requests.incrementAndGet();
      bytes.addAndGet(body.length);
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    } catch (IOException | MalformedOtlp e) {
      failed.set(e);
      exchange.sendResponseHeaders(400, -1);
    }
  }

  private static byte[] decoded(byte[] body, String encoding) throws IOException {
    InputStream in = new java.io.ByteArrayInputStream(body);
    return switch (encoding) {
      case "" -> body;
      case "gzip" -> new GZIPInputStream(in, 1 << 16).readAllBytes();
      case "zstd" -> new ZstdInputStream(in).readAllBytes();
      case "snappy" -> Snappy.uncompress(body);
      default -> throw new IOException("Content-Encoding " + encoding);
    };
  }

  /** Entries of a logproto.PushRequest. */
  private static long entries(byte[] request) throws MalformedOtlp {
    return children(request, 0, request.length, 0);
  }

  private static long children(byte[] request, int from, int to, int depth) throws MalformedOtlp {
    long count = 0;
    WireReader reader = new WireReader(NONE, depth).over(request, from, to);
    while (reader.next()) {
      if (depth == 0) {
        count += children(request, reader.from(), reader.end(), 1);
      } else {
        count += reader.field() == 2 ? 1 : 0;
      }
    }
    return count;
  }

  /** Samples of a prometheus.WriteRequest. */
  private static long samples(byte[] request) throws MalformedOtlp {
    long count = 0;
    WireReader series = new WireReader(NONE, 0).over(request, 0, request.length);
    WireReader fields = new WireReader(NONE, 1);
    WireReader label = new WireReader(NONE, 2);
    while (series.next()) {
      if (series.field() == 1) {
        boolean target = false;
        long samples = 0;
        fields.over(request, series.from(), series.end());
        while (fields.next()) {
          samples += fields.field() == 2 ? 1 : 0;
          target |= fields.field() == 1 && isTargetInfo(request, label, fields);
        }
        count += target ? 0 : samples;
      }
    }
    return count;
  }

  private static boolean isTargetInfo(byte[] request, WireReader label, WireReader at)
      throws MalformedOtlp {
    label.over(request, at.from(), at.end());
    return label.next()
        && is(request, label, NAME)
        && label.next()
        && is(request, label, TARGET_INFO);
  }

  private static boolean is(byte[] request, WireReader at, byte[] text) {
    return java.util.Arrays.equals(request, at.from(), at.end(), text, 0, text.length);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
