package io.millrace.logs.loki;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.DeadReason;
import io.millrace.delivery.Destination;
import io.millrace.destination.DestinationConfig;
import io.millrace.destination.HttpPost;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.xerial.snappy.Snappy;

/**
 * Sends batches to Loki's push API: protobuf, compressed with snappy. Loki stores what it can of a
 * request it answers 400, so a line may arrive twice while a refused one is looked for; it knows
 * such lines again.
 */
public final class LokiPush implements Destination {

  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/x-protobuf", "Content-Encoding", "snappy");

  private final HttpPost post;
  private final PushRequest request;
  private final int perLane;
  private final Clock clock;

  // The loop's thread only.
  private final WireWriter message = new WireWriter(1 << 16);
  private byte[] compressed = {};

  /**
   * @param name of the destination, for metrics and the log
   * @param maxRequestsPerLane 1 where the order of a partition is to be kept
   */
  public LokiPush(
      String name,
      DestinationConfig destination,
      LokiConfig config,
      int maxRequestsPerLane,
      Clock clock,
      MeterRegistry registry) {
    this.post = new HttpPost(URI.create(destination.url()), destination);
    List<String> names = PushRequest.names(config);
    this.request =
        new PushRequest(
            config, new StreamLimit(name, names, config.maxStreams(), clock, registry), names);
    this.perLane = maxRequestsPerLane;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    try {
      request.start(batch.tenant());
      for (int i = 0; i < batch.values().size(); i++) {
        boolean known = i < batch.appendTimes().size() && batch.appendTimes().get(i) > 0;
        request.add(batch.values().get(i), known ? batch.appendTimes().get(i) : clock.millis());
      }
    } catch (MalformedOtlp e) {
      return CompletableFuture.completedFuture(
          new Answer.Refused(DeadReason.MALFORMED, e.getMessage()));
    }
    message.truncate(0);
    request.write(message);
    return post.post(
        compress(),
        HEADERS,
        batch.tenant(),
        reply -> reply.isSuccess() ? Answer.Accepted.ALL : reply.failure(clock));
  }

  private byte[] compress() {
    int bound = Snappy.maxCompressedLength(message.size());
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    try {
      int size = Snappy.compress(message.bytes(), 0, message.size(), compressed, 0);
      return Arrays.copyOf(compressed, size);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }

  @Override
  public int maxRequestsPerLane() {
    return perLane;
  }

  @Override
  public void close() {
    // The JDK's client frees its threads when it is collected; it has no close before Java 21.
  }
}
