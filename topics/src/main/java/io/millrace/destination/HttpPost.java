package io.millrace.destination;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.daemon.ClientTls;
import io.millrace.daemon.Secret;
import io.millrace.delivery.Answer;
import io.millrace.topics.RecordHeaders;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Posts request bodies to one URL of a backend, with what its configuration says. */
public final class HttpPost {

  private final HttpClient client;
  private final URI uri;
  private final Map<String, Secret> headers;
  private final Duration timeout;

  public HttpPost(URI uri, DestinationConfig config) {
    this.uri = uri;
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
    this.timeout = config.timeout();
  }

  /** What a backend answered. */
  public static final class Reply {

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Reply(HttpResponse<byte[]> response) {
      this.status = response.statusCode();
      this.headers = response.headers();
      this.body = response.body();
    }

    public int status() {
      return status;
    }

    public HttpHeaders headers() {
      return headers;
    }

    /** At most 64 KiB of it. */
    byte[] body() {
      return body;
    }

    public boolean isSuccess() {
      return status / 100 == 2;
    }

    /** The body as one line of text. */
    public String words() {
      return new String(body, UTF_8).strip().replaceAll("\\s+", " ");
    }

    /** What the reply stands for if it is no success: only what blames the data is final. */
    public Answer failure(Clock clock) {
      return failure(words(), clock);
    }

    Answer failure(String words, Clock clock) {
      String retryAfter = headers.firstValue("Retry-After").orElse("");
      return BackendAnswers.ofHttp(status, retryAfter, words, clock);
    }
  }

  /**
   * Posts a body. The answer comes within the timeout; no reply at all is an answer of busy.
   *
   * @param body not empty
   * @param own headers of this kind of request; those of the configuration win
   * @param answered what a reply stands for; called on a thread of the client
   */
  public CompletableFuture<Answer> post(
      byte[] body, Map<String, String> own, String tenant, Function<Reply, Answer> answered) {
    return post(new RequestBody(List.of(body)), own, tenant, answered);
  }

  CompletableFuture<Answer> post(
      RequestBody body, Map<String, String> own, String tenant, Function<Reply, Answer> answered) {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request(body, own, tenant), info -> new BoundedBody());
    // The request's own timeout ends with the headers; a body that never ends must end here.
    return exchange
        .orTimeout(timeout.toMillis() + 1000, TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              if (failure != null) {
                exchange.cancel(true);
                return new Answer.Busy(Duration.ZERO, uri + ": " + rootMessage(failure));
              }
              return answered.apply(new Reply(response));
            });
  }

  private HttpRequest request(RequestBody body, Map<String, String> own, String tenant) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout).POST(body);
    own.forEach(request::setHeader);
    headers.forEach((name, value) -> request.setHeader(name, value.value()));
    if (!tenant.isEmpty()) {
      request.setHeader(RecordHeaders.TENANT, tenant);
    }
    return request.build();
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.toString();
  }
}
