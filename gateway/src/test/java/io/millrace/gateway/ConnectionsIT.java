package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.EmbeddedBroker;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections last a second here, as long as records wait for others: requests are in flight. */
class ConnectionsIT {

  private static final String POST =
      "POST /v1/traces HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
          + "Content-Length: 2\r\n\r\n{}";

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
                "gateway.connections.max=3",
                "gateway.connections.max-age=1s",
                "gateway.connections.max-age-grace=200ms",
                "gateway.connections.idle-timeout=2s",
                "gateway.connections.ping-interval=1s",
                "gateway.producer.linger=1s"));
  }

  @AfterAll
  static void stop() {
    pipeline.close();
    broker.close();
  }

  @BeforeEach
  void begin() {
    await().until(() -> pipeline.gauge("connections") == 0);
    pipeline.forget();
  }

  @AfterEach
  void shouldBalance() {
    pipeline.assertBalanced();
    LeakWatch.assertNone();
  }

  @Test
  void shouldLetClientsConnectAnewWithoutFailingARequest() throws Exception {
    try (Relay relay = Relay.to(pipeline.gateway.grpcPort())) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", relay.port()).usePlaintext().build();
      List<Future<ExportTraceServiceResponse>> calls = new ArrayList<>();

      // When
      await()
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                long seed = calls.size() + 1;
                calls.add(TraceServiceGrpc.newFutureStub(channel).export(Otlp.spans(seed, 1)));
                return relay.connections() == 3;
              });

      // Then
      for (Future<ExportTraceServiceResponse> call : calls) {
        assertThat(call.get().hasPartialSuccess()).isFalse();
      }
      assertThat(pipeline.counter("published.items")).isEqualTo(calls.size());
      channel.shutdownNow();
    }
  }

  @Test
  void shouldSayGoawayAndFinishWhatIsInFlight() throws Exception {
    // Given
    Set<Integer> sent = new TreeSet<>();
    try (RawHttp2 client = new RawHttp2(pipeline.gateway.grpcPort())) {
      client.startReading();

      // When
      await()
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                int stream = 2 * sent.size() + 1;
                client.export(stream, Otlp.spans(stream, 1));
                sent.add(stream);
                return client.toldToGo().isDone();
              });

      // Then
      client.closed().get(30, TimeUnit.SECONDS);
      assertThat(client.answered()).isEqualTo(sent);
      assertThat(pipeline.counter("published.items")).isEqualTo(sent.size());
    }
  }

  @Test
  void shouldCloseHttp11AfterTheAnswer() throws Exception {
    try (Socket socket = connect()) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      List<String> head = List.of();
      while (!head.contains("connection: close")) {
        socket.getOutputStream().write(POST.getBytes(US_ASCII));
        head = head(in);
        assertThat(head.get(0)).isEqualTo("HTTP/1.1 200 OK");
        in.skip(2); // {}
      }
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void shouldCloseIdleConnections() throws Exception {
    try (Socket silent = connect();
        Socket idle = connect();
        RawHttp2 idleHttp2 = new RawHttp2(pipeline.gateway.httpPort())) {
      idle.getOutputStream().write(POST.getBytes(US_ASCII));
      idleHttp2.startReading();
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      assertThat(idle.getInputStream().readAllBytes()).isNotEmpty();
      idleHttp2.closed().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void shouldCloseWhatIsOneTooMany() throws Exception {
    try (Socket first = connect();
        Socket second = connect();
        Socket third = connect()) {
      await().until(() -> pipeline.gauge("connections") == 3);
      try (Socket fourth = connect()) {
        assertThat(fourth.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(pipeline.counter("closed.connections", "reason", "too_many")).isEqualTo(1);
      for (Socket socket : List.of(first, second, third)) {
        socket.getOutputStream().write(POST.getBytes(US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
    }
  }

  @Test
  void shouldSpreadAgesByATenth() {
    ConnectionsConfig config =
        TestPipeline.section("gateway.connections.max-age=10s").connections();
    assertThat(maxAge(config, bound -> 0)).isEqualTo(Duration.ofSeconds(9));
    assertThat(maxAge(config, bound -> bound - 1)).isEqualTo(Duration.ofSeconds(11));
  }

  private static Duration maxAge(ConnectionsConfig config, LongUnaryOperator random) {
    var connections =
        new Connections(config, () -> 0, random, Duration.ofSeconds(1), new SimpleMeterRegistry());
    return Duration.ofNanos(connections.maxAgeNanos());
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), pipeline.gateway.httpPort());
    socket.setSoTimeout(30_000); // a test that waits longer has failed
    return socket;
  }

  private static List<String> head(BufferedReader in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      lines.add(line);
    }
    return lines;
  }
}
