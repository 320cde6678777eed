package io.millrace.destination;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.Destination;
import io.millrace.otlp.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;

/** Sends batches as OTLP/HTTP with protobuf bodies: the record values, one after the other. */
final class OtlpHttp implements Destination {

  private final HttpPost post;
  private final Map<String, String> headers;
  private final boolean gzip;
  private final int perLane;
  private final Clock clock;

  OtlpHttp(Signal signal, DestinationConfig config, int perLane, Clock clock) {
    this.post = new HttpPost(endpoint(URI.create(config.url()), signal), config);
    this.gzip = config.compression() == DestinationConfig.Compression.GZIP;
    this.headers =
        gzip
            ? Map.of("Content-Type", "application/x-protobuf", "Content-Encoding", "gzip")
            : Map.of("Content-Type", "application/x-protobuf");
    this.perLane = perLane;
    this.clock = clock;
  }

  /** {@code /v1/<signal>} below the URL's path, unless the path ends so. */
  static URI endpoint(URI base, Signal signal) {
    String path = base.getRawPath() == null ? "" : base.getRawPath().replaceAll("/+$", "");
    String whole = path.endsWith(signal.httpPath()) ? path : path + signal.httpPath();
    String query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
    return URI.create(base.getScheme() + "://" + base.getRawAuthority() + whole + query);
  }

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    return post.post(
        body(batch), headers, batch.tenant(), reply -> answer(batch.signal(), reply));
  }

  private byte[] body(Batch batch) {
    if (!gzip) {
      return batch.merged();
    }
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(batch.bytes() / 4 + 64);
    try (GZIPOutputStream out = new GZIPOutputStream(compressed, 1 << 13)) {
      for (byte[] value : batch.values()) {
        out.write(value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return compressed.toByteArray();
  }

  private Answer answer(Signal signal, HttpPost.Reply reply) {
    return reply.isSuccess()
        ? OtlpResponses.read(signal, reply.body())
        : reply.failure(words(reply), clock);
  }

  /** The message of a google.rpc.Status, or the text itself. */
  private static String words(HttpPost.Reply reply) {
    String type = reply.headers().firstValue("Content-Type").orElse("");
    if (!type.startsWith("application/x-protobuf")) {
      return reply.words();
    }
    try {
      return com.google.rpc.Status.parseFrom(reply.body()).getMessage().strip();
    } catch (InvalidProtocolBufferException e) {
      return "(body is not a google.rpc.Status)";
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
