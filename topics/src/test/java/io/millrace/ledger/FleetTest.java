package io.millrace.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.daemon.Daemon;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command against a server that answers as processes do, and as a Prometheus does. */
class FleetTest {

  private static final String VECTOR =
      """
      {"status":"success","data":{"resultType":"vector","result":[
        {"metric":{"__name__":"millrace_gateway_received_items_total","signal":"logs"},
         "value":[1763759000.1,"7"]},
        {"metric":{"__name__":"millrace_gateway_published_items_total","signal":"logs"},
         "value":[1763759000.1,"%d"]}]}}
      """;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final StringWriter stdout = new StringWriter();
  private final StringWriter stderr = new StringWriter();
  private HttpServer server;
  private volatile String answer = "";

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          byte[] body = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(answer.isEmpty() ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void shouldAddUpProcesses() {
    answer =
        "millrace_gateway_received_items_total{signal=\"logs\"} 2\n"
            + "millrace_gateway_published_items_total{signal=\"logs\"} 2\n";
    assertThat(run(url(), url() + "/other/metrics")).isZero();
    assertThat(asked).containsExactly("/metrics", "/other/metrics");
    assertThat(stdout.toString().lines())
        .contains("received        4", "open            0")
        .last()
        .isEqualTo("The balance closes.");
  }

  @Test
  void shouldAskAPrometheus() {
    answer = VECTOR.formatted(7);
    assertThat(run("--prometheus", url() + "/", "--match", "job=\"millrace\"")).isZero();
    assertThat(asked)
        .singleElement()
        .asString()
        .startsWith("/api/v1/query?query=sum+by+")
        .contains("millrace_consumed_items_total", "millrace_in_flight_items", "job%3D%22millrace");
    assertThat(stdout.toString()).contains("received        7", "The balance closes.");
  }

  @Test
  void shouldFailWhenTheBalanceStaysOpen() {
    answer = VECTOR.formatted(6);
    assertThat(run("--prometheus", url())).isEqualTo(1);
    assertThat(stdout.toString()).contains("open            1", "The balance is open.");
    assertThat(asked).hasSize(5);
  }

  @Test
  void shouldFailWhereNobodyCounts() {
    answer = "up 1\n";
    assertThat(run(url())).isEqualTo(1);
    assertThat(stdout.toString()).contains("No process counts items there.");
    answer = "";
    assertThat(run(url())).isEqualTo(1);
    assertThat(stderr.toString()).isEqualTo(url() + "/metrics: 404 (expected: 200)\n");
    assertThat(run("gateway:9464")).isEqualTo(2);
    assertThat(stderr.toString()).isEqualTo("URL: gateway:9464 (expected: http://host:port)\n");
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private int run(String... arguments) {
    stdout.getBuffer().setLength(0);
    stderr.getBuffer().setLength(0);
    return Daemon.commandLine(new LedgerCommand())
        .setOut(new PrintWriter(stdout, true))
        .setErr(new PrintWriter(stderr, true))
        .execute(arguments);
  }
}
