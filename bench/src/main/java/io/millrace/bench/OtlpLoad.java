package io.millrace.bench;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.millrace.otlp.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends prepared requests in a closed loop, so many at a time, and checks every answer. Requests
 * are encoded and compressed beforehand: the sender costs the machine as little as it can.
 */
final class OtlpLoad implements AutoCloseable {

  /** How requests travel. */
  enum Transport {
    GRPC,
    HTTP
  }

  /**
   * What is sent.
   *
   * @param bodies distinct requests, sent in turn
   * @param items in each of them
   */
  record Payload(Signal signal, Transport transport, boolean gzip, List<byte[]> bodies, int items) {

    /** Of encoded requests. */
    static Payload of(
        Signal signal, Transport transport, boolean gzip, List<byte[]> requests, int items) {
      List<byte[]> bodies =
          requests.stream()
              .map(request -> gzip ? gzip(request) : request)
              .map(body -> transport == Transport.GRPC ? frame(body, gzip) : body)
              .toList();
      return new Payload(signal, transport, gzip, bodies, items);
    }

    /** At Go's and the JDK's default level. */
    private static byte[] gzip(byte[] request) {
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
        gzip.write(request);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return compressed.toByteArray();
    }

    /** A gRPC message: compressed or not, length, bytes. */
    private static byte[] frame(byte[] message, boolean compressed) {
      return ByteBuffer.allocate(5 + message.length)
          .put((byte) (compressed ? 1 : 0))
          .putInt(message.length)
          .put(message)
          .array();
    }

    int meanBytes() {
      return (int) bodies.stream().mapToInt(body -> body.length).average().orElse(0);
    }
  }

  /**
   * What came of it.
   *
   * @param acknowledged requests answered OK in full
   * @param refused requests answered with an error that says to try again
   * @param failed the first answer that is neither
   */
  record Answers(long acknowledged, long refused, double seconds, @Nullable String failed) {}

  private static final Duration ENDLESS = Duration.ofDays(1);

  private static final ScheduledExecutorService LATER =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "later");
            thread.setDaemon(true);
            return thread;
          });

  private final List<ClientFactory> factories = new ArrayList<>();
  private final List<WebClient> clients = new ArrayList<>();
  private final Payload payload;
  private final RequestHeaders headers;

  OtlpLoad(int port, Payload payload, int connections) {
    this.payload = payload;
    headers = headers(payload);
    for (int i = 0; i < connections; i++) {
      // As exporters do: HTTP/2 from the first byte, and the connection kept while nothing is sent.
      // A new one would begin with another protocol, which the JVM then compiles for again.
      ClientFactory factory =
          ClientFactory.builder()
              .maxNumEventLoopsPerEndpoint(1)
              .useHttp2Preface(true)
              .idleTimeoutMillis(0)
              .build();
      factories.add(factory);
      // gRPC needs HTTP/2; OTLP/HTTP exporters speak HTTP/1.1 without TLS.
      String scheme = payload.transport == Transport.GRPC ? "h2c" : "h1c";
      clients.add(
          WebClient.builder(scheme + "://127.0.0.1:" + port)
              .factory(factory)
              .responseTimeout(Duration.ofSeconds(60))
              .build());
    }
  }

  private static RequestHeaders headers(Payload payload) {
    if (payload.transport == Transport.HTTP) {
      RequestHeadersBuilder http =
          RequestHeaders.builder(HttpMethod.POST, payload.signal.httpPath())
              .add("content-type", "application/x-protobuf");
      return (payload.gzip ? http.add("content-encoding", "gzip") : http).build();
    }
    String service =
        switch (payload.signal) {
          case TRACES -> "trace.v1.TraceService";
          case METRICS -> "metrics.v1.MetricsService";
          case LOGS -> "logs.v1.LogsService";
        };
    String path = "/opentelemetry.proto.collector." + service + "/Export";
    RequestHeadersBuilder grpc =
        RequestHeaders.builder(HttpMethod.POST, path)
            .add("content-type", "application/grpc")
            .add("te", "trailers");
    return (payload.gzip ? grpc.add("grpc-encoding", "gzip") : grpc).build();
  }

  /** Sends so many requests, {@code inFlight} at a time over each connection. */
  Answers send(long requests, int inFlight) {
    return new Run(requests, ENDLESS, Duration.ZERO).over(inFlight);
  }

  /**
   * Sends for a time, {@code inFlight} at a time over each connection. Who is refused waits for the
   * pause before the next request.
   */
  Answers offer(Duration time, int inFlight, Duration pause) {
    return new Run(Long.MAX_VALUE, time, pause).over(inFlight);
  }

  private final class Run {

    private final long requests;
    private final Duration pause;
    private final long begin = System.nanoTime();
    private final long end;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable String failed;

    Run(long requests, Duration time, Duration pause) {
      this.requests = requests;
      this.pause = pause;
      this.end = begin + time.toNanos();
    }

    Answers over(int inFlight) {
      CountDownLatch slots = new CountDownLatch(inFlight * clients.size());
      for (int slot = 0; slot < inFlight; slot++) {
        clients.forEach(client -> next(client, slots));
      }
      try {
        slots.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      return new Answers(acknowledged.get(), refused.get(), seconds, failed);
    }

    private void next(WebClient client, CountDownLatch slots) {
      long number = begun.getAndIncrement();
      if (number >= requests || System.nanoTime() - end > 0) {
        slots.countDown();
        return;
      }
      byte[] body = payload.bodies.get((int) (number % payload.bodies.size()));
      var unused =
          client
              .execute(HttpRequest.of(headers, HttpData.wrap(body)))
              .aggregate()
              .handle(
                  (response, failure) -> {
                    long wait = isTaken(response, failure) ? 0 : pause.toMillis();
                    if (wait == 0) {
                      next(client, slots);
                    } else {
                      var unusedTimer =
                          LATER.schedule(() -> next(client, slots), wait, TimeUnit.MILLISECONDS);
                    }
                    return null;
                  });
    }

    private boolean isTaken(
        @Nullable AggregatedHttpResponse response, @Nullable Throwable failure) {
      if (response != null && isOk(response)) {
        acknowledged.incrementAndGet();
        return true;
      }
      if (response != null && saysTryAgain(response)) {
        refused.incrementAndGet();
      } else {
        failed = failure != null ? failure.toString() : String.valueOf(response);
      }
      return false;
    }
  }

  /** An answer that says nothing, compressed or not, takes less; a partial success takes more. */
  private static final int EMPTY_ANSWER_BYTES = 40;

  private boolean isOk(AggregatedHttpResponse response) {
    int status = response.status().code();
    return payload.transport == Transport.HTTP
        ? status == 200 && response.content().length() <= EMPTY_ANSWER_BYTES
        : "0".equals(grpcStatus(response)) && response.content().length() <= EMPTY_ANSWER_BYTES;
  }

  private boolean saysTryAgain(AggregatedHttpResponse response) {
    int status = response.status().code();
    String grpc = grpcStatus(response);
    return payload.transport == Transport.HTTP
        ? status == 429 || status == 503
        : "8".equals(grpc) || "14".equals(grpc);
  }

  private static @Nullable String grpcStatus(AggregatedHttpResponse response) {
    String trailer = response.trailers().get("grpc-status");
    return trailer != null ? trailer : response.headers().get("grpc-status");
  }

  @Override
  public void close() {
    factories.forEach(ClientFactory::close);
  }
}
