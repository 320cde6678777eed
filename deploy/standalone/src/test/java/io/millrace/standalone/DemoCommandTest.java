package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.daemon.Daemon;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldSayWhatItSentAndSucceed() throws Exception {
    HttpServer server = endpoint(200);
    try {
      int status = demo("--endpoint", url(server), "--rate", "100", "--duration", "200ms");

      assertThat(out.toString())
          .matches(
              "sent [1-9]\\d* traces, \\d+ spans, \\d+ log records, \\d+ data points; 0 exports failed\n");
      assertThat(status).isEqualTo(Daemon.OK);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void shouldFailIfTheEndpointRefuses() throws Exception {
    HttpServer server = endpoint(400);
    try {
      int status = demo("--endpoint", url(server), "--rate", "100", "--duration", "50ms");

      assertThat(out.toString()).startsWith("sent 0 traces, 0 spans, 0 log records, 0 data points");
      assertThat(status).isEqualTo(Daemon.FAILED);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void shouldNameTheEndpointThatDoesNotListen() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }

    int status = demo("--endpoint", "grpc://127.0.0.1:" + free);

    assertThat(err.toString())
        .isEqualTo(
            "--endpoint: http://127.0.0.1:%d (expected: an OTLP endpoint that answers;"
                    .formatted(free)
                + " Connection refused)\n");
    assertThat(status).isEqualTo(Daemon.FAILED);
  }

  @Test
  void shouldRefuseValuesThatMakeNoSense() {
    assertThat(demo("--endpoint", "otel:4317")).isEqualTo(Daemon.INVALID);
    assertThat(demo("--endpoint", "grpc://otel", "--rate", "0")).isEqualTo(Daemon.INVALID);
    assertThat(demo("--endpoint", "grpc://otel", "--rate", "NaN")).isEqualTo(Daemon.INVALID);
    assertThat(demo("--endpoint", "grpc://otel", "--duration", "0s")).isEqualTo(Daemon.INVALID);
    assertThat(demo("--endpoint", "grpc://otel", "--duration", "soon")).isEqualTo(Daemon.INVALID);

    assertThat(err.toString().lines())
        .containsExactly(
            "--endpoint: otel:4317 (expected: grpc://host:port, grpcs://host:port,"
                + " http://host:port or https://host:port)",
            "--rate: 0.0 (expected: more than 0, at most 1000000)",
            "--rate: NaN (expected: more than 0, at most 1000000)",
            "--duration: 0s (expected: a duration, such as 30s)",
            "--duration: soon (expected: a duration, such as 30s)");
  }

  private int demo(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    CommandLine commandLine = Daemon.commandLine(new DemoCommand());
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(all.toArray(String[]::new));
  }

  private static HttpServer endpoint(int status) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }
}
