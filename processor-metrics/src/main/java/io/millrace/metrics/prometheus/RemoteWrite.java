package io.millrace.metrics.prometheus;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.DeadReason;
import io.millrace.delivery.Destination;
import io.millrace.destination.DestinationConfig;
import io.millrace.destination.HttpPost;
import io.millrace.otlp.MalformedOtlp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xerial.snappy.Snappy;

/**
 * Sends batches by Prometheus remote write. A batch is one request; one request of a partition and
 * tenant is under way at a time, and a series lives on one partition, so its samples arrive in
 * order.
 */
public final class RemoteWrite implements Destination {

  private static final Logger log = LoggerFactory.getLogger(RemoteWrite.class);

  private static final String USER_AGENT = "millrace/" + version();

  private final String name;
  private final HttpPost post;
  private final RemoteWriteConfig config;
  private final RemoteWriteAnswers answers;
  private final RemoteWriteMeters meters;
  private final MetadataSchedule metadata;

  // The loop's thread only.
  private final Conversion conversion;
  private final WriteRequest version1 = new WriteRequestV1();
  private final WriteRequest version2 = new WriteRequestV2();
  private final WireBuffer message = new WireBuffer(1 << 16);
  private byte[] compressed = {};

  /** The backend has not shown that it knows no 2.0. Read by the loop, written by the client. */
  private volatile boolean speaksVersion2;

  public RemoteWrite(
      String name,
      DestinationConfig destination,
      RemoteWriteConfig config,
      Clock clock,
      MeterRegistry registry) {
    this.name = name;
    this.config = config;
    this.post = new HttpPost(URI.create(destination.url()), destination);
    this.meters = new RemoteWriteMeters(registry, name);
    TargetTimes targetTimes = new TargetTimes();
    this.answers = new RemoteWriteAnswers(meters, targetTimes, clock);
    this.metadata = new MetadataSchedule(clock);
    this.speaksVersion2 = config.version2();
    this.conversion =
        new Conversion(
            config.conversion(),
            config.externalLabels(),
            config.fixedLabels(),
            Relabelling.of(config.rules()),
            targetTimes);
  }

  private static String version() {
    String version = RemoteWrite.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    try {
      conversion.start(batch.tenant());
      for (byte[] value : batch.values()) {
        conversion.add(value);
        if (conversion.table().bytes() > config.maxRequestBytes()) {
          return CompletableFuture.completedFuture(tooLarge(conversion.table().bytes()));
        }
      }
    } catch (MalformedOtlp e) {
      return CompletableFuture.completedFuture(
          new Answer.Refused(DeadReason.MALFORMED, e.getMessage()));
    }
    Sent sent = Sent.of(conversion, speaksVersion2, batch.items());
    if (conversion.table().size() == 0) {
      return CompletableFuture.completedFuture(answers.settled(sent, 0, ""));
    }
    WriteRequest version = sent.version2() ? version2 : version1;
    List<Family> due =
        sent.version2() ? List.of() : metadata.due(batch.tenant(), conversion.families());
    message.clear();
    version.write(conversion.table(), conversion, due, message);
    if (message.size() > config.maxRequestBytes()) {
      return CompletableFuture.completedFuture(tooLarge(message.size()));
    }
    return post.post(compress(), headers(version), batch.tenant(), reply -> answered(reply, sent));
  }

  /** Is bisected, as what the backend calls too large. */
  private Answer tooLarge(long bytes) {
    return new Answer.Refused(
        DeadReason.TOO_LARGE,
        "remote-write request of more than %d bytes (expected: max-request-bytes, %d)"
            .formatted(bytes, config.maxRequestBytes()));
  }

  private static Map<String, String> headers(WriteRequest version) {
    return Map.of(
        "Content-Type",
        version.contentType(),
        "Content-Encoding",
        "snappy",
        "X-Prometheus-Remote-Write-Version",
        version.version(),
        "User-Agent",
        USER_AGENT);
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

  private Answer answered(HttpPost.Reply reply, Sent sent) {
    if (sent.version2() && RemoteWriteAnswers.knowsNoVersion2(reply)) {
      if (speaksVersion2) {
        speaksVersion2 = false;
        meters.fellBack();
        log.warn(
            "remote-write-1: {} does not take remote write 2.0 (HTTP {}): goes on with 1.0",
            name,
            reply.status());
      }
      return new Answer.Busy(Duration.ZERO, "sent again as remote write 1.0");
    }
    return answers.of(reply, sent);
  }

  /** One: a series keeps its order whatever is under way. */
  @Override
  public int maxRequestsPerLane() {
    return 1;
  }

  @Override
  public void close() {
    // The client frees its threads when it is collected.
  }
}
