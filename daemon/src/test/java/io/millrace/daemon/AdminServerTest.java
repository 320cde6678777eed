package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {

  private static final AdminConfig ANY_PORT = new AdminConfig("127.0.0.1", 0);

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicReference<Optional<String>> unready = new AtomicReference<>(Optional.empty());
  private final Metrics metrics = new Metrics();
  private AdminServer server;

  @BeforeEach
  void start() {
    server = start(metrics.registry()::scrape);
  }

  @AfterEach
  void close() {
    server.close();
    metrics.close();
  }

  @Test
  void shouldServeMetrics() throws Exception {
    // Given
    metrics.registry().counter("millrace.spans", "outcome", "delivered").increment(3);

    // When
    HttpResponse<String> response = get("/metrics");

    // Then
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body())
        .contains(
            "millrace_spans_total{outcome=\"delivered\"} 3.0",
            "millrace_build_info{version=\"" + Version.current().version() + "\"} 1\n",
            "jvm_memory_used_bytes{",
            "jvm_gc_memory_allocated_bytes_total",
            "jvm_threads_live_threads",
            "process_cpu_usage",
            "process_uptime_seconds");
  }

  @Test
  void shouldAnswerProbes() throws Exception {
    assertAnswer("/live", 200, "live\n");
    assertAnswer("/ready", 200, "ready\n");
  }

  @Test
  void shouldSayWhyItIsNotReadyInOneLine() throws Exception {
    // Given
    unready.set(Optional.of("Kafka is away\nsince 10s"));

    // When, Then
    assertAnswer("/ready", 503, "Kafka is away since 10s\n");
    assertAnswer("/live", 200, "live\n");
  }

  @Test
  void shouldShowConfigVersionAndIndex() throws Exception {
    assertAnswer("/config", 200, "admin:\n  port: 0\n");
    assertThat(get("/config").headers().firstValue("Content-Type")).contains("application/yaml");
    Version version = Version.current();
    String commit = version.commit().isEmpty() ? "" : "\"commit\":\"" + version.commit() + "\",";
    assertAnswer(
        "/version",
        200,
        "{\"name\":\"sample\",\"version\":\"%s\",%s\"java\":\"%s\"}\n"
            .formatted(version.version(), commit, Runtime.version()));
    assertAnswer("/", 200, "sample\n\n/config\n/live\n/metrics\n/ready\n/version\n");
  }

  @Test
  void shouldRefuseOtherPathsAndMethods() throws Exception {
    assertAnswer("/nothing", 404, "no such page; / lists them\n");
    assertAnswer("/live/x", 404, "no such page; / lists them\n");
    HttpResponse<String> post =
        client.send(
            HttpRequest.newBuilder(uri("/live")).POST(BodyPublishers.ofString("x")).build(),
            BodyHandlers.ofString());
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET");
  }

  @Test
  void shouldSurvivePageThatFails() throws Exception {
    // Given
    server.close();
    server =
        start(
            () -> {
              throw new IllegalStateException("broken meter");
            });

    // When, Then
    assertAnswer("/metrics", 500, "failed; the log says why\n");
    assertAnswer("/live", 200, "live\n");
  }

  @Test
  void shouldNameTheKeyOfPortThatIsTaken() {
    AdminConfig taken = new AdminConfig("127.0.0.1", server.port());
    assertThatThrownBy(() -> AdminServer.start(taken, pages(() -> "")))
        .isInstanceOf(CannotStart.class)
        .hasMessage(
            "admin.port: %d (expected: a free port; another process listens there)", server.port());
  }

  @Test
  void shouldNameTheKeyOfHostThatDoesNotResolve() {
    AdminConfig nowhere = new AdminConfig("host.invalid", 0);
    assertThatThrownBy(() -> AdminServer.start(nowhere, pages(() -> "")))
        .isInstanceOf(CannotStart.class)
        .hasMessage("admin.host: host.invalid (expected: an address that resolves)");
  }

  private AdminServer start(Supplier<String> scrape) {
    return AdminServer.start(ANY_PORT, pages(scrape));
  }

  private AdminPages pages(Supplier<String> scrape) {
    return new AdminPages("sample", scrape, unready::get, "admin:\n  port: 0\n");
  }

  private void assertAnswer(String path, int status, String body) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(body);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
