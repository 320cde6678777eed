package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.broker.EmbeddedBroker;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The gRPC listener trusts this machine, the HTTP listener another one. */
class ProxyProtocolIT {

  private static final byte[] VERSION_1 =
      "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n".getBytes(US_ASCII);

  /** TCP over IPv4, 192.0.2.2:1 to 198.51.100.1:443. */
  private static final byte[] VERSION_2 =
      HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111000cc0000202c6336401000101bb");

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
                "gateway.grpc.proxy-protocol={port: 0, trusted: [10.0.0.0/8, 127.0.0.0/8]}",
                "gateway.http.proxy-protocol={port: 0, trusted: [10.0.0.0/8]}"));
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
  void shouldServeBothProtocolsBehindBothVersions() throws Exception {
    for (byte[] header : List.of(VERSION_1, VERSION_2)) {
      try (Relay relay = Relay.to(trustingPort(), header)) {
        assertThat(post(relay.port(), Otlp.spans(1, 3).toByteArray()).statusCode()).isEqualTo(200);
        ManagedChannel channel =
            NettyChannelBuilder.forAddress("127.0.0.1", relay.port()).usePlaintext().build();
        var unused = TraceServiceGrpc.newBlockingStub(channel).export(Otlp.spans(2, 4));
        channel.shutdownNow();
      }
    }
    assertThat(pipeline.counter("published.items")).isEqualTo(14);
    assertThat(pipeline.counter("closed.connections")).isZero();
  }

  @Test
  void shouldKnowTheClientBehindTheLoadBalancer() throws Exception {
    // Given
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger log = (Logger) LoggerFactory.getLogger(BodyWatch.class);
    log.setLevel(Level.DEBUG);
    log.addAppender(lines);

    // When
    try (Relay first = Relay.to(trustingPort(), VERSION_1);
        Relay second = Relay.to(trustingPort(), VERSION_2)) {
      assertThat(post(first.port(), new byte[] {1}).statusCode()).isEqualTo(400);
      assertThat(post(second.port(), new byte[] {1}).statusCode()).isEqualTo(400);
    }

    // Then
    await()
        .untilAsserted(
            () ->
                assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly(
                        "/v1/traces: 400 for 192.0.2.1", "/v1/traces: 400 for 192.0.2.2"));
    log.detachAppender(lines);
    log.setLevel(null);
  }

  @Test
  void shouldCloseWhatIsNotTrustedAtOnce() throws Exception {
    try (Socket socket = connect(pipeline.gateway.proxyProtocolPorts().get(1))) {
      assertThat(isClosedByTheOtherSide(socket)).isTrue(); // nothing has been sent
    }
    assertThat(pipeline.counter("closed.connections", "reason", "untrusted")).isEqualTo(1);
    assertThat(pipeline.counter("closed.connections")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.1 56324 443\r\n",
        "PROXY TCP9 192.0.2.1 198.51.100.1 56324 443\r\n",
        "\r\n\r\n\0\r\nQUIT\n\1\1\0\f____________",
        "\r\n\r\n\0\r\nQUIX\n",
      })
  void shouldCloseWhatDoesNotBeginWithAHeader(String bytes) throws Exception {
    try (Socket socket = connect(trustingPort())) {
      socket.getOutputStream().write(bytes.getBytes(US_ASCII));
      assertThat(isClosedByTheOtherSide(socket)).isTrue();
    }
    await().until(() -> pipeline.counter("closed.connections") > 0);
    assertThat(pipeline.counter("closed.connections", "reason", "malformed_proxy_header"))
        .isEqualTo(1);
    assertThat(pipeline.counter("closed.connections")).isEqualTo(1);
  }

  @Test
  void shouldReadAHeaderThatComesByteByByte() throws Exception {
    String request =
        "POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
            + "Content-Length: 2\r\n\r\n{}";
    for (byte[] header : List.of(VERSION_1, VERSION_2)) {
      try (Socket socket = connect(trustingPort())) {
        socket.setTcpNoDelay(true);
        for (byte each : header) {
          socket.getOutputStream().write(each);
        }
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes(15);
        assertThat(new String(answer, US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
      }
    }
  }

  private static int trustingPort() {
    return pipeline.gateway.proxyProtocolPorts().get(0);
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000); // a test that waits longer has failed
    return socket;
  }

  private static boolean isClosedByTheOtherSide(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketException e) {
      return true; // reset: it was closed with bytes unread
    }
  }

  private static HttpResponse<byte[]> post(int port, byte[] body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
                .header("content-type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(body))
                .build(),
            BodyHandlers.ofByteArray());
  }
}
