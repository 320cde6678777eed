package io.millrace.destination;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.Destination;
import io.millrace.otlp.Signal;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Sends batches as OTLP/HTTP with protobuf bodies: the record values, one after the other. */
final class OtlpHttp implements Destination {

  private final HttpPost post;
  private final Map<String, String> headers = new HashMap<>();
  private final RequestEncoding encoding;
  private final int perLane;
  private final Clock clock;

  OtlpHttp(Signal signal, DestinationConfig config, int perLane, Clock clock) {
    this.post =
        new HttpPost(endpoint(URI.create(config.url()), config.appendPath(), signal), config);
    this.encoding = RequestEncoding.of(config);
    this.perLane = perLane;
    this.clock = clock;
    headers.put("Content-Type", "application/x-protobuf");
    if (!encoding.name().isEmpty()) {
      headers.put("Content-Encoding", encoding.name());
    }
  }

  /** {@code /v1/<signal>} below the URL's path, unless the path ends so or nothing is appended. */
  static URI endpoint(URI base, boolean append, Signal signal) {
    if (!append) {
      return base;
    }
    String path = base.getRawPath() == null ? "" : base.getRawPath().replaceAll("/+$", "");
    String whole = path.endsWith(signal.httpPath()) ? path : path + signal.httpPath();
    String query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
    return URI.create(base.getScheme() + "://" + base.getRawAuthority() + whole + query);
  }

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    return post.post(
        encoding.encode(batch), headers, batch.tenant(), reply -> answer(batch.signal(), reply));
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
      String message = com.google.rpc.Status.parseFrom(reply.body()).getMessage();
      return message.strip().replaceAll("\\s+", " ");
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
    encoding.close();
    // The JDK's client frees its threads when it is collected; it has no close before Java 21.
  }
}
