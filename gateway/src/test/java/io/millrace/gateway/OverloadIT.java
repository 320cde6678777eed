package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty clients offer 40 KB each to a gateway that holds 256 KiB, all at the same time. */
class OverloadIT {

  private static final int CLIENTS = 20;
  private static final int REQUESTS = 30;
  private static final long MAX_IN_FLIGHT_BYTES = 256 << 10;

  @TempDir static Path dir;
  private static EmbeddedBroker broker;
  private static TestPipeline pipeline;
  private static ManagedChannel channel;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<ByteString, Span> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicLong mostInFlightBytes = new AtomicLong();

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(dir, 0);
    pipeline =
        TestPipeline.start(
            broker, TestPipeline.section(64 << 10, MAX_IN_FLIGHT_BYTES, Duration.ofMillis(20)));
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
            .usePlaintext()
            .build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    pipeline.close();
    broker.close();
  }

  @Test
  void shouldAnswerEveryRequestAndStoreWhatItAcknowledged() throws Exception {
    // When
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      done.add(clients.submit(() -> sendAll(client)));
    }
    for (Future<?> each : done) {
      each.get();
    }
    clients.shutdown();

    // Then
    int answered = acknowledged.size() / 10 + refused.get();
    assertThat(answered).isEqualTo(CLIENTS * REQUESTS);
    assertThat(refused).hasPositiveValue();
    assertThat(acknowledged).isNotEmpty();
    assertThat(mostInFlightBytes.get()).isLessThanOrEqualTo(MAX_IN_FLIGHT_BYTES);
    assertThat(stored()).containsAllEntriesOf(acknowledged);
    assertThat(pipeline.counter("refused.requests", "reason", "over_capacity"))
        .isEqualTo(refused.get());
    pipeline.assertBalanced();
    LeakWatch.assertNone();
  }

  private Void sendAll(int client) throws Exception {
    for (int i = 0; i < REQUESTS; i++) {
      ExportTraceServiceRequest request = Otlp.spans(1000L * client + i, 10, 4000);
      if (client % 2 == 0 ? isTakenOverGrpc(request) : isTakenOverHttp(request)) {
        spans(request).forEach(span -> acknowledged.put(span.getSpanId(), span));
      } else {
        refused.incrementAndGet();
      }
      mostInFlightBytes.accumulateAndGet((long) pipeline.gauge("in.flight.bytes"), Math::max);
    }
    return null;
  }

  /** Anything but a success or a refusal that says when to come back fails the test. */
  private static boolean isTakenOverGrpc(ExportTraceServiceRequest request) {
    try {
      return !TraceServiceGrpc.newBlockingStub(channel).export(request).hasPartialSuccess();
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(StatusProto.fromThrowable(e).getDetails(0).is(RetryInfo.class)).isTrue();
      return false;
    }
  }

  private boolean isTakenOverHttp(ExportTraceServiceRequest request) throws Exception {
    HttpRequest post =
        HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
            .header("content-type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(request.toByteArray()))
            .build();
    var answer = http.send(post, BodyHandlers.discarding());
    if (answer.statusCode() == 200) {
      return true;
    }
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    return false;
  }

  private static Map<ByteString, Span> stored() throws Exception {
    Map<ByteString, Span> stored = new HashMap<>();
    for (var record : pipeline.records(Signal.TRACES)) {
      spans(ExportTraceServiceRequest.parseFrom(record.value()))
          .forEach(span -> stored.put(span.getSpanId(), span));
    }
    return stored;
  }

  private static List<Span> spans(ExportTraceServiceRequest request) {
    return request.getResourceSpansList().stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }
}
