package io.millrace.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import io.millrace.otlp.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that are wrong, on a running pipeline: each gets a status and one clear line, and leaves
 * everything else as it was.
 */
class BadInputIT {

  private static final String PROTOBUF = "application/x-protobuf";

  @TempDir private static Path dataDir;
  private static RunningPipeline pipeline;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    pipeline = RunningPipeline.start(dataDir);
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    pipeline.close();
  }

  @Test
  void shouldRefuseWhatIsWrongAndTakeTheNextGoodRequest() throws Exception {
    byte[] good = NumberedItems.request(Signal.TRACES, 0, 10);

    // When: a truncated protobuf
    HttpResponse<byte[]> truncated =
        post("/v1/traces", PROTOBUF, Arrays.copyOf(good, good.length - 3));

    // Then
    assertThat(truncated.statusCode()).isEqualTo(400);
    assertThat(oneLine(Status.parseFrom(truncated.body()).getMessage()))
        .contains("at byte", "past the end");

    // When: JSON that ends too soon
    HttpResponse<byte[]> unfinished =
        post("/v1/logs", "application/json", "{\"resourceLogs\":[".getBytes(UTF_8));

    // Then
    assertThat(unfinished.statusCode()).isEqualTo(400);
    assertThat(oneLine(text(unfinished))).contains("line 1");

    // When: an id that is not hex
    HttpResponse<byte[]> badId =
        post(
            "/v1/traces",
            "application/json",
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"xyz\"}]}]}]}"
                .getBytes(UTF_8));

    // Then
    assertThat(badId.statusCode()).isEqualTo(400);
    assertThat(oneLine(text(badId))).contains("resourceSpans[0].scopeSpans[0].spans[0].traceId");

    // When: a wrong path
    HttpResponse<byte[]> path = post("/v1/trace", PROTOBUF, good);

    // Then
    assertThat(path.statusCode()).isEqualTo(404);
    assertThat(text(path))
        .isEqualTo("path: /v1/trace (expected: one of /v1/traces, /v1/metrics, /v1/logs)\n");

    // When: a wrong content type
    HttpResponse<byte[]> contentType = post("/v1/traces", "text/plain", good);

    // Then
    assertThat(contentType.statusCode()).isEqualTo(415);
    assertThat(text(contentType))
        .isEqualTo(
            "Content-Type: text/plain (expected: application/x-protobuf or application/json)\n");

    // When: a good one
    HttpResponse<byte[]> taken = post("/v1/traces", PROTOBUF, good);
    pipeline.close();

    // Then
    assertThat(taken.statusCode()).isEqualTo(200);
    assertThat(OutFiles.items(dataDir, Signal.TRACES))
        .containsExactlyInAnyOrderElementsOf(Item.of(Signal.TRACES, good));
    assertThat(OutFiles.items(dataDir, Signal.LOGS)).isEmpty();
    pipeline.assertBalanced(Signal.TRACES, 10);
    assertThat(pipeline.sum("millrace.gateway.refused.requests", Signal.TRACES)).isEqualTo(3);
    assertThat(pipeline.sum("millrace.gateway.refused.requests", Signal.LOGS)).isEqualTo(1);
  }

  private static HttpResponse<byte[]> post(String path, String contentType, byte[] body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(pipeline.httpUrl() + path))
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), UTF_8);
  }

  private static String oneLine(String message) {
    assertThat(message.strip().lines()).hasSize(1);
    assertThat(message).doesNotContain("Exception");
    return message;
  }
}
