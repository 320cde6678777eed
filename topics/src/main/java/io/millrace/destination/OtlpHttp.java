package io.millrace.destination;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.daemon.ClientTls;
import io.millrace.daemon.Secret;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.Destination;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends batches as OTLP/HTTP with protobuf bodies: the record values, one after the other. */
final class OtlpHttp implements Destination {

  private final HttpClient client;
  private final URI uri;
  private final Map<String, Secret> headers;
  private final RequestEncoding encoding;
  private final Duration timeout;
  private final int perLane;
  private final Clock clock;

  OtlpHttp(Signal signal, DestinationConfig config, int perLane, Clock clock) {
    this.uri = endpoint(URI.create(config.url()), signal);
    // Over plain text the JDK would first try to upgrade each connection to HTTP/2.
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(
                uri.getScheme().equalsIgnoreCase("https")
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .connectTimeout(config.timeout());
    if (!config.tls().isDefault()) {
      builder.sslContext(ClientTls.open("tls", config.tls()).sslContext());
    }
    this.client = builder.build();
    this.headers = config.headers();
    this.encoding = RequestEncoding.of(config);
    this.timeout = config.timeout();
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
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request(batch), info -> new BoundedBody());
    // The request's own timeout ends with the headers; a body that never ends must end here.
    return exchange
        .orTimeout(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              if (failure != null) {
                exchange.cancel(true);
                return new Answer.Busy(Duration.ZERO, uri + ": " + rootMessage(failure));
              }
              return answer(batch.signal(), response);
            });
  }

  private HttpRequest request(Batch batch) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(encoding.encode(batch)));
    if (!encoding.name().isEmpty()) {
      request.header("Content-Encoding", encoding.name());
    }
    headers.forEach((name, value) -> request.setHeader(name, value.value()));
    if (!batch.tenant().isEmpty()) {
      request.setHeader(RecordHeaders.TENANT, batch.tenant());
    }
    return request.build();
  }

  private Answer answer(Signal signal, HttpResponse<byte[]> response) {
    if (response.statusCode() / 100 == 2) {
      return OtlpResponses.read(signal, response.body());
    }
    String retryAfter = response.headers().firstValue("Retry-After").orElse("");
    return BackendAnswers.ofHttp(response.statusCode(), retryAfter, words(response), clock);
  }

  /** The message of a google.rpc.Status, or the text itself, as one line. */
  private static String words(HttpResponse<byte[]> response) {
    String type = response.headers().firstValue("Content-Type").orElse("");
    String text = new String(response.body(), UTF_8);
    if (type.startsWith("application/x-protobuf")) {
      try {
        text = com.google.rpc.Status.parseFrom(response.body()).getMessage();
      } catch (InvalidProtocolBufferException e) {
        text = "(body is not a google.rpc.Status)";
      }
    }
    return text.strip().replaceAll("\\s+", " ");
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.toString();
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
