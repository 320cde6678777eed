package io.millrace.standalone;

import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sends {@link NumberedItems} of one signal, one request after the other on a thread of its own,
 * whether anybody listens or not, and remembers which were acknowledged. No number is sent twice.
 */
public final class NumberedSender implements AutoCloseable {

  /** Status of a request that nobody has answered. */
  public static final int NO_ANSWER = 0;

  private static final int MOST_ITEMS_PER_REQUEST = 40;

  /** Between attempts while nobody listens. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Route route;
  private final Random random;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final BitSet acknowledged = new BitSet();
  private final Map<Integer, Integer> answers = new TreeMap<>();
  private final Thread thread;
  private int requests;
  private int next;
  private int acknowledgedRequests;

  /**
   * What is sent, and where to.
   *
   * @param ports of gateways, which take turns
   * @param from the first number
   * @param tenant whose items they are; empty for nobody's
   */
  public record Route(Signal signal, List<Integer> ports, int from, String tenant) {

    public Route {
      ports = List.copyOf(ports);
    }
  }

  private NumberedSender(Route route, long seed) {
    this.route = route;
    this.next = route.from();
    this.random = new Random(seed);
    this.thread = new Thread(this::run, "send-" + route.signal().id());
  }

  public static NumberedSender start(Signal signal, int port, long seed) {
    return start(new Route(signal, List.of(port), 0, ""), seed);
  }

  public static NumberedSender start(Route route, long seed) {
    NumberedSender sender = new NumberedSender(route, seed);
    sender.thread.start();
    return sender;
  }

  public Signal signal() {
    return route.signal();
  }

  public synchronized int acknowledgedRequests() {
    return acknowledgedRequests;
  }

  /** The numbers that a gateway has answered for. */
  public synchronized BitSet acknowledged() {
    return (BitSet) acknowledged.clone();
  }

  /** All numbers from the first one to below this one have been sent, or tried to. */
  public synchronized int next() {
    return next;
  }

  /** How many requests were answered with which HTTP status, or with {@link #NO_ANSWER}. */
  public synchronized Map<Integer, Integer> answers() {
    return Map.copyOf(answers);
  }

  private void run() {
    try {
      while (stop.getCount() > 0) {
        int from = next();
        int to = from + 1 + random.nextInt(MOST_ITEMS_PER_REQUEST);
        sent(from, to, isAcknowledged(NumberedItems.request(signal(), from, to)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isAcknowledged(byte[] request) throws InterruptedException {
    int status = NO_ANSWER;
    try {
      HttpResponse<byte[]> response = http.send(post(request), BodyHandlers.ofByteArray());
      status = response.statusCode();
      if (status == 200) {
        // The three responses have one shape.
        return !ExportTraceServiceResponse.parseFrom(response.body()).hasPartialSuccess();
      }
    } catch (IOException e) {
      // Nobody listens, or was killed before the answer: not acknowledged, whatever became of it.
    } finally {
      answered(status);
    }
    boolean unused = stop.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    return false;
  }

  private HttpRequest post(byte[] request) {
    int port = route.ports().get(requests++ % route.ports().size());
    HttpRequest.Builder post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + signal().httpPath()))
            .header("Content-Type", "application/x-protobuf")
            .timeout(Duration.ofSeconds(30))
            .POST(BodyPublishers.ofByteArray(request));
    if (!route.tenant().isEmpty()) {
      post.header(RecordHeaders.TENANT, route.tenant());
    }
    return post.build();
  }

  private synchronized void answered(int status) {
    answers.merge(status, 1, Integer::sum);
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
