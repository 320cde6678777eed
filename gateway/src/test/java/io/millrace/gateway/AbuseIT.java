package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.otlp.Signal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that would take the gateway's memory from others; the others are served. */
class AbuseIT {

  private static final String HEAD =
      "POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/x-protobuf\r\n";

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir static Path dir;
  private static EmbeddedBroker broker;
  private static TestPipeline pipeline;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(dir, 0);
    pipeline =
        TestPipeline.start(
            broker,
            TestPipeline.section(
                "gateway.connections.receive-timeout=1s",
                "gateway.connections.idle-timeout=1m",
                "gateway.producer.delivery-timeout=2s"));
  }

  @AfterAll
  static void stop() {
    pipeline.close();
    broker.close();
  }

  @BeforeEach
  void begin() {
    pipeline.forget();
  }

  @AfterEach
  void shouldBalance() {
    pipeline.assertBalanced();
    LeakWatch.assertNone();
  }

  @Test
  void shouldCutOffBodiesThatDrip() throws Exception {
    // Given
    List<Socket> drips = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      drips.add(connect());
      send(drips.get(i), HEAD + "Content-Length: 60000\r\n\r\n");
    }

    // When
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              for (Socket drip : drips) {
                drip(drip);
              }
              assertThat(export()).isEqualTo(200);
              return drips.stream().allMatch(AbuseIT::hasAnswer);
            });

    // Then
    for (Socket drip : drips) {
      assertThat(new String(drip.getInputStream().readNBytes(12), US_ASCII))
          .isEqualTo("HTTP/1.1 504");
      drip.close();
    }
    assertThat(pipeline.counter("refused.requests", "reason", "incomplete")).isEqualTo(20);
  }

  private static void drip(Socket socket) {
    try {
      socket.getOutputStream().write('x');
    } catch (IOException e) {
      // It has been cut off; what it was told is looked at later.
    }
  }

  private static boolean hasAnswer(Socket socket) {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      throw new AssertionError("cut off without an answer", e);
    }
  }

  /** How many is bounded by the file descriptors this process may open, two for each. */
  @Test
  void shouldBearIdleConnections() throws Exception {
    // Given
    int wanted = Math.min(Integer.getInteger("millrace.test.connections", 1000), affordable());
    List<Socket> idle = new ArrayList<>();
    long before = usedHeap();

    // When
    for (int i = 0; i < wanted; i++) {
      idle.add(connect());
    }

    // Then
    await().until(() -> pipeline.gauge("connections") >= wanted);
    assertThat(export()).isEqualTo(200);
    await().until(() -> pipeline.gauge("in.flight.bytes") == 0);
    assertThat((usedHeap() - before) / wanted).isLessThan(64 << 10);
    for (Socket socket : idle) {
      socket.close();
    }
  }

  private static int affordable() {
    var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long free = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount();
    return (int) Math.min(10_000, free / 2 - 100);
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void shouldCutOffAClientThatNeverReadsItsAnswers() throws Exception {
    // Given
    String requests =
        ("GET /" + "x".repeat(1000) + " HTTP/1.1\r\nHost: gateway\r\n\r\n").repeat(100);
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4 << 10);
      socket.connect(new InetSocketAddress("127.0.0.1", pipeline.gateway.httpPort()));

      // When
      await()
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(60))
          .until(() -> !takes(socket, requests));
    }

    // Then
    assertThat(pipeline.counter("closed.connections", "reason", "unread_answers")).isEqualTo(1);
    assertThat(export()).isEqualTo(200);
  }

  private static boolean takes(Socket socket, String requests) {
    try {
      send(socket, requests);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void shouldHoldNothingForStreamsWhoseAnswersAreNotTaken() throws Exception {
    try (RawHttp2 client = RawHttp2.withoutWindow(pipeline.gateway.grpcPort())) {
      for (int stream = 1; stream < 2 * 500; stream += 2) {
        client.export(stream, Otlp.spans(stream, 1));
      }
      await().until(() -> pipeline.counter("published.items") == 500);
      assertThat(pipeline.gauge("in.flight.items")).isZero();
      assertThat(export()).isEqualTo(200);

      // What the streams hold themselves is freed when the client has had its time.
      await().atMost(Duration.ofSeconds(30)).until(() -> pipeline.gauge("in.flight.bytes") == 0);
      assertThat(pipeline.counter("closed.connections", "reason", "unread_answers")).isEqualTo(1);
    }
  }

  private static int export() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
            .header("content-type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(Otlp.spans(1, 1).toByteArray()))
            .build();
    return HTTP.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), pipeline.gateway.httpPort());
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }
}
