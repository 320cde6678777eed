package io.millrace.standalone;

import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sends {@link NumberedItems} of one signal, one request after the other on a thread of its own,
 * whether anybody listens or not, and remembers which were acknowledged. No number is sent twice.
 */
final class NumberedSender implements AutoCloseable {

  private static final int MOST_ITEMS_PER_REQUEST = 40;

  /** Between attempts while nobody listens. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Signal signal;
  private final URI uri;
  private final Random random;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final BitSet acknowledged = new BitSet();
  private final Thread thread;
  private int next;
  private int acknowledgedRequests;

  private NumberedSender(Signal signal, int port, long seed) {
    this.signal = signal;
    this.uri = URI.create("http://127.0.0.1:" + port + signal.httpPath());
    this.random = new Random(seed);
    this.thread = new Thread(this::run, "send-" + signal.id());
  }

  static NumberedSender start(Signal signal, int port, long seed) {
    NumberedSender sender = new NumberedSender(signal, port, seed);
    sender.thread.start();
    return sender;
  }

  Signal signal() {
    return signal;
  }

  synchronized int acknowledgedRequests() {
    return acknowledgedRequests;
  }

  /** The numbers that the gateway has answered for. */
  synchronized BitSet acknowledged() {
    return (BitSet) acknowledged.clone();
  }

  /** All numbers below have been sent, or tried to. */
  synchronized int next() {
    return next;
  }

  private void run() {
    try {
      while (stop.getCount() > 0) {
        int from = next();
        int to = from + 1 + random.nextInt(MOST_ITEMS_PER_REQUEST);
        sent(from, to, isAcknowledged(NumberedItems.request(signal, from, to)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isAcknowledged(byte[] request) throws InterruptedException {
    try {
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(uri)
                  .header("Content-Type", "application/x-protobuf")
                  .timeout(Duration.ofSeconds(30))
                  .POST(BodyPublishers.ofByteArray(request))
                  .build(),
              BodyHandlers.ofByteArray());
      if (response.statusCode() == 200) {
        // The three responses have one shape.
        return !ExportTraceServiceResponse.parseFrom(response.body()).hasPartialSuccess();
      }
    } catch (IOException e) {
      // Nobody listens, or was killed before the answer: not acknowledged, whatever became of it.
    }
    boolean unused = stop.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    return false;
  }

  private synchronized void sent(int from, int to, boolean isAcknowledged) {
    next = to;
    if (isAcknowledged) {
      acknowledged.set(from, to);
      acknowledgedRequests++;
    }
  }

  /** Returns when the last request has been answered. */
  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
