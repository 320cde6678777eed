package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.gateway.Answer.Accepted;
import io.millrace.gateway.Answer.Refused;
import io.millrace.gateway.ExportRequest.Transport;
import io.millrace.gateway.TopicState.Unwritable;
import io.millrace.gateway.TopicState.Writable;
import io.millrace.otlp.Hasher;
import io.millrace.otlp.LogsPartitioning;
import io.millrace.otlp.Signal;
import io.millrace.otlp.Splitter;
import io.millrace.otlp.Splitters;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.TopicsConfig;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With Kafka's own in-memory producer, which acknowledges when it is told to. */
class IntakeTest {

  private static final RequestHeaders HEADERS = RequestHeaders.of(HttpMethod.POST, "/v1/traces");

  private static final int LIMIT_BYTES = 20_000;

  private static final TenantsConfig LIMITED =
      new TenantsConfig(
          Optional.empty(),
          List.of(),
          LimitConfig.NONE,
          Map.of(
              "few-bytes", limit(100, 0),
              "few-items", limit(1_000, 2)));

  private static LimitOverride limit(long bytesPerSecond, long itemsPerSecond) {
    return new LimitOverride(
        Optional.of(bytesPerSecond),
        Optional.of(itemsPerSecond),
        Optional.of(Duration.ofSeconds(1)));
  }

  private long nanos;
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Admission admission = new Admission(LIMIT_BYTES);
  private final Map<Signal, TopicState> topics = new EnumMap<>(Signal.class);
  private final Map<Signal, Splitter> splitters = new EnumMap<>(Signal.class);
  private final Intake intake =
      new Intake(
          topics::get,
          splitters,
          new TenantLimits(LIMITED, () -> nanos),
          new Publisher(
              new RenewableProducer(() -> kafka),
              TopicsConfig.DEFAULT,
              new MetadataHeaders(List.of(), () -> {})),
          new GatewayMetrics(registry, admission, LIMITED.named()));

  IntakeTest() {
    for (Signal signal : Signal.values()) {
      topics.put(signal, new Writable(12, 1_000_000));
    }
    splitters.put(Signal.TRACES, Splitters.traces(Hasher.MURMUR2));
    splitters.put(Signal.METRICS, Splitters.metrics(Hasher.MURMUR2));
    splitters.put(Signal.LOGS, Splitters.logs(LogsPartitioning.RESOURCE, Hasher.MURMUR2));
  }

  /** Whatever a test did: every request has its answer, so nothing is in flight any more. */
  @AfterEach
  void shouldBalanceAndHoldNothing() {
    double received = items("received");
    assertThat(received).isEqualTo(items("published") + refusedItems());
    assertThat(gauge("in.flight.items")).isZero();
    assertThat(admission.inFlightBytes()).isZero();
  }

  @Test
  void shouldAnswerOnlyAfterEveryPieceIsAcknowledged() {
    // Given
    ExportTraceServiceRequest request = Otlp.spans(1, 3);

    // When
    CompletableFuture<Answer> answer = accept(request);

    // Then
    int pieces = kafka.history().size();
    int recordBytes = kafka.history().stream().mapToInt(record -> record.value().length).sum();
    assertThat(pieces).isGreaterThan(1);
    for (int i = 0; i < pieces; i++) {
      assertThat(answer).isNotDone();
      assertThat(admission.inFlightBytes()).isEqualTo(recordBytes);
      assertThat(gauge("in.flight.items")).isEqualTo(3);
      kafka.completeNext();
    }
    assertThat(answer).isCompletedWithValue(Accepted.FULLY);
    assertThat(items("published")).isEqualTo(3);
    assertThat(counter("published.records")).isEqualTo(pieces);
    assertThat(counter("received.bytes")).isEqualTo(request.getSerializedSize());
  }

  @Test
  void shouldPutTenantAndItemCountIntoHeadersAndNoKey() {
    var answer = accept(Otlp.spans(1, 1), "team-a");

    ProducerRecord<byte[], byte[]> record = kafka.history().get(0);
    assertThat(record.topic()).isEqualTo("otlp-traces");
    assertThat(record.key()).isNull();
    assertThat(record.partition()).isNotNull();
    assertThat(RecordHeaders.get(record.headers(), RecordHeaders.TENANT)).contains("team-a");
    assertThat(RecordHeaders.get(record.headers(), RecordHeaders.ITEMS)).contains("1");
    kafka.completeNext();
    assertThat(answer).isCompletedWithValue(Accepted.FULLY);
  }

  @Test
  void shouldRefuseTheWholeRequestWhenOnePieceFails() {
    var answer = accept(Otlp.spans(1, 3));
    int pieces = kafka.history().size();

    kafka.errorNext(new TimeoutException("no acknowledgement"));
    for (int i = 1; i < pieces; i++) {
      assertThat(answer).isNotDone();
      kafka.completeNext();
    }

    assertThat(answer)
        .isCompletedWithValue(new Refused(Refusal.KAFKA_UNAVAILABLE, "no acknowledgement"));
    assertThat(refusedRequests(Refusal.KAFKA_UNAVAILABLE)).isEqualTo(1);
    assertThat(refusedItems()).isEqualTo(3);
    assertThat(items("published")).isZero();
  }

  @Test
  void shouldSayOverCapacityWhenTheProducerHasNoRoom() {
    var answer = accept(Otlp.spans(1, 1));
    kafka.errorNext(new BufferExhaustedException("full"));
    assertThat(answer).isCompletedWithValue(new Refused(Refusal.OVER_CAPACITY, "full"));
  }

  @Test
  void shouldRefuseWhenTheProducerThrows() {
    kafka.sendException = new KafkaException("the producer is in a fatal state");
    assertThat(accept(Otlp.spans(1, 3)))
        .isCompletedWithValue(
            new Refused(Refusal.KAFKA_UNAVAILABLE, "the producer is in a fatal state"));
  }

  @Test
  void shouldRefuseAtOnceWhatDoesNotFitAndTakeItLater() {
    // Given
    var first = accept(Otlp.spans(1, 1, 9_500));
    ExportTraceServiceRequest second = Otlp.spans(2, 1, 9_000);

    // When
    var refused = accept(second);

    // Then
    assertThat(refused.join())
        .isInstanceOfSatisfying(
            Refused.class,
            answer -> {
              assertThat(answer.reason()).isEqualTo(Refusal.OVER_CAPACITY);
              assertThat(answer.message())
                  .matches(
                      "request does not fit: \\d+ bytes in flight"
                          + " \\(expected: at most 20000 together\\)");
            });
    kafka.completeNext();
    assertThat(first).isCompletedWithValue(Accepted.FULLY);
    var again = accept(second);
    kafka.completeNext();
    assertThat(again).isCompletedWithValue(Accepted.FULLY);
  }

  /** Each record repeats the resource, so that its records can be larger than a request. */
  @Test
  void shouldRefuseForGoodWhatNeverFits() {
    ExportTraceServiceRequest.Builder request = Otlp.spans(1, 24).toBuilder();
    request
        .getResourceSpansBuilder(0)
        .getResourceBuilder()
        .addAttributes(Otlp.attribute("long", "x".repeat(5_000)));
    assertThat(accept(request.build()).join())
        .isInstanceOfSatisfying(
            Refused.class,
            answer -> {
              assertThat(answer.reason()).isEqualTo(Refusal.TOO_LARGE);
              assertThat(answer.message())
                  .matches(
                      "request: its records take \\d+ bytes"
                          + " \\(expected: at most gateway.max-in-flight-bytes\\)");
            });
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void shouldRefuseMalformedRequestsAndStoreNothing() {
    byte[] request = Otlp.spans(1, 2).toByteArray();
    byte[] truncated = Arrays.copyOf(request, request.length - 1);

    Answer answer = accept(Signal.TRACES, Encoding.PROTOBUF, truncated, null).join();

    assertThat(answer)
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Refusal.MALFORMED));
    assertThat(kafka.history()).isEmpty();
    assertThat(refusedRequests(Refusal.MALFORMED)).isEqualTo(1);
    assertThat(items("received")).isZero();
  }

  @Test
  void shouldStoreTheRestAndSayWhatWasRejected() {
    // Given
    ExportTraceServiceRequest.Builder request = Otlp.spans(1, 2).toBuilder();
    request.getResourceSpansBuilder(0).getScopeSpansBuilder(0).addSpans(Span.newBuilder());

    // When
    var answer = accept(request.build());
    kafka.history().forEach(record -> kafka.completeNext());

    // Then
    assertThat(answer.join())
        .isInstanceOfSatisfying(
            Accepted.class,
            accepted -> {
              assertThat(accepted.rejectedItems()).isEqualTo(1);
              assertThat(accepted.message()).isNotEmpty();
            });
    assertThat(items("published")).isEqualTo(2);
    assertThat(
            registry
                .get("millrace.gateway.refused.items")
                .tag("reason", "invalid_trace_id")
                .tag("signal", "traces")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void shouldRefuseAtOnceWhileTheTopicCannotBeWritten() {
    topics.put(Signal.TRACES, new Unwritable("topic otlp-traces: missing"));
    assertThat(accept(Otlp.spans(1, 1)))
        .isCompletedWithValue(new Refused(Refusal.KAFKA_UNAVAILABLE, "topic otlp-traces: missing"));
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void shouldAcceptEmptyRequestsEvenWhileKafkaIsAway() {
    topics.put(Signal.LOGS, new Unwritable("away"));
    assertThat(accept(Signal.LOGS, Encoding.PROTOBUF, new byte[0], null))
        .isCompletedWithValue(Accepted.FULLY);
  }

  @Test
  void shouldChargeATenantForItsBytes() {
    // Given
    ExportTraceServiceRequest request = Otlp.spans(1, 1, 800);
    var first = accept(request, "few-bytes");
    kafka.completeNext();
    assertThat(first).isCompletedWithValue(Accepted.FULLY);

    // When
    var second = accept(request, "few-bytes");

    // Then: the debt, and the burst that a request of that size needs
    long seconds = (request.getSerializedSize() + 99) / 100;
    assertThat(second)
        .isCompletedWithValue(
            new Refused(
                Refusal.OVER_TENANT_LIMIT,
                "tenant: over its limit (expected: at most 100 bytes per second)",
                Optional.of(Duration.ofSeconds(seconds))));
    assertThat(kafka.history()).hasSize(1);
    assertThat(refusedRequests(Refusal.OVER_TENANT_LIMIT)).isEqualTo(1);
    assertThat(refusedToTenant("few-bytes")).isEqualTo(1);

    // And: it is as the answer said
    nanos += Duration.ofSeconds(seconds).toNanos();
    var third = accept(request, "few-bytes");
    kafka.completeNext();
    assertThat(third).isCompletedWithValue(Accepted.FULLY);
  }

  @Test
  void shouldRefuseAllOfARequestOverTheItemsOfItsTenantAndGiveItsBytesBack() {
    // Given: of 1000 bytes and 2 items, less than 300 and one
    var first = accept(Otlp.spans(1, 1, 150), "few-items");
    kafka.completeNext();
    assertThat(first).isCompletedWithValue(Accepted.FULLY);

    // When
    for (int i = 0; i < 10; i++) {
      assertThat(accept(Otlp.spans(2, 2, 150), "few-items"))
          .isCompletedWithValue(
              new Refused(
                  Refusal.OVER_TENANT_LIMIT,
                  "tenant: over its limit (expected: at most 2 items per second)",
                  Optional.of(Duration.ofSeconds(1))));
    }

    // Then
    assertThat(kafka.history()).hasSize(1);
    assertThat(items("received")).isEqualTo(1);
    nanos += Duration.ofMillis(500).toNanos();
    var later = accept(Otlp.spans(3, 2, 150), "few-items");
    kafka.history().stream().skip(1).forEach(record -> kafka.completeNext());
    assertThat(later).isCompletedWithValue(Accepted.FULLY);
  }

  @Test
  void shouldNotChargeATenantWhileKafkaIsAway() {
    topics.put(Signal.TRACES, new Unwritable("away"));
    for (int i = 0; i < 10; i++) {
      assertThat(accept(Otlp.spans(1, 1, 800), "few-bytes"))
          .isCompletedWithValue(new Refused(Refusal.KAFKA_UNAVAILABLE, "away"));
    }
    topics.put(Signal.TRACES, new Writable(12, 1_000_000));
    var back = accept(Otlp.spans(1, 1, 800), "few-bytes");
    kafka.completeNext();
    assertThat(back).isCompletedWithValue(Accepted.FULLY);
  }

  @Test
  void shouldLetOneTenantsLimitBeItsOwn() {
    var noisy = accept(Otlp.spans(1, 1, 800), "few-bytes");
    kafka.completeNext();
    assertThat(noisy).isCompletedWithValue(Accepted.FULLY);
    for (int i = 0; i < 20; i++) {
      assertThat(accept(Otlp.spans(1, 1, 800), "few-bytes").join()).isInstanceOf(Refused.class);
      assertThat(admission.inFlightBytes()).isZero();
      var other = accept(Otlp.spans(2, 1, 800), "another");
      kafka.completeNext();
      assertThat(other).isCompletedWithValue(Accepted.FULLY);
    }
  }

  @Test
  void shouldRefuseWhenStoppingAndFinishWhatWasTaken() {
    var taken = accept(Otlp.spans(1, 1));
    intake.stop();
    assertThat(accept(Otlp.spans(2, 1)))
        .isCompletedWithValue(new Refused(Refusal.STOPPING, "this gateway is stopping"));
    kafka.completeNext();
    assertThat(taken).isCompletedWithValue(Accepted.FULLY);
  }

  @Test
  void shouldAnswerAndReleaseWhenASplitterFails() {
    splitters.put(
        Signal.TRACES,
        (request, partitions, limit) -> {
          throw new IllegalStateException("a fault");
        });
    assertThat(accept(Otlp.spans(1, 1)))
        .isCompletedWithValue(
            new Refused(Refusal.INTERNAL, "internal error; the gateway's log has the cause"));
  }

  @Test
  void shouldKnowEveryMeterFromTheStart() {
    assertThat(registry.get("millrace.gateway.refused.requests").counters())
        .hasSize(Signal.values().length * Refusal.values().length + 1);
    assertThat(registry.get("millrace.gateway.request.duration").timers())
        .hasSize(Signal.values().length * Transport.values().length);
  }

  private CompletableFuture<Answer> accept(ExportTraceServiceRequest request) {
    return accept(request, null);
  }

  private CompletableFuture<Answer> accept(ExportTraceServiceRequest request, String tenant) {
    return accept(Signal.TRACES, Encoding.PROTOBUF, request.toByteArray(), tenant);
  }

  private CompletableFuture<Answer> accept(
      Signal signal, Encoding encoding, byte[] body, String tenant) {
    return intake.accept(
        new ExportRequest(signal, Transport.GRPC, encoding, body, tenant, HEADERS),
        admission.open());
  }

  private double items(String name) {
    return counter(name + ".items");
  }

  private double counter(String name) {
    return registry.get("millrace.gateway." + name).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private double refusedItems() {
    return counter("refused.items");
  }

  private double refusedRequests(Refusal reason) {
    return registry
        .get("millrace.gateway.refused.requests")
        .tags("reason", reason.id(), "signal", "traces")
        .counter()
        .count();
  }

  private double refusedToTenant(String tenant) {
    return registry
        .get("millrace.gateway.tenant.refused.requests")
        .tags("tenant", tenant, "reason", "over_tenant_limit")
        .counter()
        .count();
  }

  private double gauge(String name) {
    return registry.get("millrace.gateway." + name).gauges().stream()
        .mapToDouble(gauge -> gauge.value())
        .sum();
  }
}
