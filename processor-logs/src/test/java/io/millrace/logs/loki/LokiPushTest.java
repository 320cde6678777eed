package io.millrace.logs.loki;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.DeadReason;
import io.millrace.destination.DestinationConfig;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xerial.snappy.Snappy;

@Timeout(60)
class LokiPushTest {

  private final List<String> received = new ArrayList<>();
  private final List<String> headers = new ArrayList<>();
  private int status = 204;
  private String words = "";
  private HttpServer server;
  private LokiPush push;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/loki/api/v1/push",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          for (String name : List.of("Content-Type", "Content-Encoding", "X-Scope-OrgID")) {
            headers.add(exchange.getRequestHeaders().getFirst(name));
          }
          try {
            received.add(PushText.of(Snappy.uncompress(body)));
          } catch (io.millrace.otlp.MalformedOtlp e) {
            throw new AssertionError(e);
          }
          byte[] answer = words.getBytes(UTF_8);
          exchange.getResponseHeaders().set("Retry-After", "3");
          exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    push =
        new LokiPush(
            "loki",
            DestinationConfig.to(
                "http://127.0.0.1:%d/loki/api/v1/push".formatted(server.getAddress().getPort())),
            new LokiConfig(LabelConfig.DEFAULTS, false, 10),
            1,
            Clock.systemUTC(),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void stop() {
    push.close();
    server.stop(0);
  }

  @Test
  void shouldPushTheEntriesOfAllRecordsAsOneRequest() throws Exception {
    byte[] first = line("one", 2);
    byte[] second = line("two", 1);
    Batch batch =
        new Batch(Signal.LOGS, "acme", List.of(first, second), first.length + second.length, 2);

    assertThat(answer(batch)).isEqualTo(Answer.Accepted.ALL);

    assertThat(headers).containsExactly("application/x-protobuf", "snappy", "acme");
    assertThat(received)
        .containsExactly(
            """
            {service_name="a"}
              0.000000001 two
              0.000000002 one
            """);
  }

  @Test
  void shouldTakeTheAppendTimeOfTheRecordWhereThereIsNoOther() throws Exception {
    byte[] value = line("x", 0);
    answer(new Batch(Signal.LOGS, "", List.of(value), List.of(1234L), value.length, 1));
    assertThat(received).containsExactly("{service_name=\"a\"}\n  1.234000000 x\n");
  }

  @Test
  void shouldKnowWhatLokiAnswers() throws Exception {
    status = 400;
    words = "entry too far behind, entry timestamp is: a, oldest acceptable timestamp is: b";
    assertThat(refused().reason()).isEqualTo(DeadReason.OUT_OF_ORDER);
    words = "entry for stream '{a=\"b\"}' has timestamp too old: 2020-01-01T00:00:00Z";
    assertThat(refused().reason()).isEqualTo(DeadReason.TOO_OLD);
    words = "Max entry size '262144' bytes exceeded for stream '{}' while adding an entry";
    assertThat(refused().reason()).isEqualTo(DeadReason.TOO_LARGE);
    status = 429;
    words = "Maximum active stream limit exceeded, reduce the number of active streams";
    assertThat(answer(batch()))
        .isEqualTo(new Answer.Busy(Duration.ofSeconds(3), true, "HTTP 429 " + words));
    status = 500;
    assertThat(answer(batch())).isInstanceOf(Answer.Busy.class);
  }

  private Answer.Refused refused() throws Exception {
    return (Answer.Refused) answer(batch());
  }

  private static Batch batch() throws Exception {
    byte[] value = line("x", 1);
    return new Batch(Signal.LOGS, "", List.of(value), value.length, 1);
  }

  private Answer answer(Batch batch) throws Exception {
    return push.send(batch).get(30, TimeUnit.SECONDS);
  }

  private static byte[] line(String text, long nanos) throws Exception {
    String json =
        """
        {"resourceLogs": [{
          "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "a"}}]},
          "scopeLogs": [{"logRecords": [{"timeUnixNano": "%d", "body": {"stringValue": "%s"}}]}]}]}
        """
            .formatted(nanos, text);
    return OtlpJson.toProtobuf(Signal.LOGS, json.getBytes(UTF_8));
  }
}
