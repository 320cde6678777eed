package io.millrace.shop;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.HttpStatus;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShopTest {

  private static final int VISITS = 400;
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123456789Z");

  private static final Receiver receiver = new Receiver();

  @BeforeEach
  void forget() {
    receiver.forget();
  }

  @AfterAll
  static void closeReceiver() {
    receiver.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldSayExactlyWhatArrived(boolean grpc) {
    Sent sent = sell(grpc ? receiver.grpc() : receiver.http(), 1);

    assertThat(sent)
        .isEqualTo(new Sent(VISITS, spans().count(), logs().count(), dataPoints(), 0, 0));
    assertThat(sent.complete()).isTrue();
    assertThat(sent.spans()).isGreaterThan(VISITS * 4L);
    assertThat(sent.logRecords()).isGreaterThan(VISITS);
    assertThat(sent.dataPoints()).isGreaterThan(50);
  }

  @Test
  void shouldSendAllSignalsFromAllSixServices() {
    sell(receiver.http(), 2);

    Set<String> services =
        Arrays.stream(ShopService.values()).map(ShopService::id).collect(toSet());
    assertThat(serviceNames(receiver.spans.stream().map(ResourceSpans::getResource)))
        .isEqualTo(services);
    assertThat(serviceNames(receiver.metrics.stream().map(metrics -> metrics.getResource())))
        .isEqualTo(services);
    assertThat(serviceNames(receiver.logs.stream().map(logs -> logs.getResource())))
        .isSubsetOf(services)
        .hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void shouldRelateEverySpanToTheRootOfItsTrace() {
    sell(receiver.http(), 3);

    Map<ByteString, List<Span>> traces = spans().collect(groupingBy(Span::getTraceId));
    assertThat(traces).hasSize(VISITS);
    for (List<Span> trace : traces.values()) {
      Set<ByteString> ids = trace.stream().map(Span::getSpanId).collect(toSet());
      assertThat(trace.stream().filter(span -> span.getParentSpanId().isEmpty())).hasSize(1);
      assertThat(ids)
          .containsAll(
              trace.stream()
                  .map(Span::getParentSpanId)
                  .filter(parent -> !parent.isEmpty())
                  .toList());
    }
    Set<ByteString> spanIds = spans().map(Span::getSpanId).collect(toSet());
    assertThat(logs().map(LogRecord::getSpanId)).isNotEmpty().allMatch(spanIds::contains);
  }

  @Test
  void shouldSendAnOrderThroughAllSixServicesAsOneTrace() {
    sell(receiver.http(), 4);

    Map<ByteString, Set<String>> servicesOfTraces = new HashMap<>();
    for (ResourceSpans group : receiver.spans) {
      spansOf(group)
          .forEach(
              span ->
                  servicesOfTraces
                      .computeIfAbsent(span.getTraceId(), id -> new HashSet<>())
                      .add(serviceName(group.getResource())));
    }
    assertThat(servicesOfTraces.values().stream().filter(services -> services.size() == 6).count())
        .isGreaterThan(VISITS / 2)
        .isLessThan(VISITS);
  }

  @Test
  void shouldHoldEverySpanWithinItsParentUnlessHandedOver() {
    sell(receiver.http(), 5);

    Map<ByteString, List<Span>> byId = spans().collect(groupingBy(Span::getSpanId));
    long end = NOW.getEpochSecond() * 1_000_000_000L + NOW.getNano();
    spans()
        .forEach(
            span -> {
              assertThat(span.getEndTimeUnixNano()).isLessThanOrEqualTo(end);
              assertThat(span.getStartTimeUnixNano()).isLessThan(span.getEndTimeUnixNano());
              byId.getOrDefault(span.getParentSpanId(), List.of())
                  .forEach(parent -> assertThatIsWithin(span, parent));
            });
  }

  private static void assertThatIsWithin(Span span, Span parent) {
    assertThat(span.getStartTimeUnixNano()).isGreaterThanOrEqualTo(parent.getStartTimeUnixNano());
    if (span.getKind() == Span.SpanKind.SPAN_KIND_CONSUMER) {
      assertThat(span.getStartTimeUnixNano()).isEqualTo(parent.getEndTimeUnixNano());
      assertThat(span.getLinksList()).extracting("spanId").containsExactly(parent.getSpanId());
    } else {
      assertThat(span.getEndTimeUnixNano()).isLessThanOrEqualTo(parent.getEndTimeUnixNano());
    }
  }

  @Test
  void shouldHaveSomeErrorsWithExceptionsAndSomeSlowRequests() {
    sell(receiver.http(), 6);

    List<Span> roots = spans().filter(span -> span.getParentSpanId().isEmpty()).toList();
    assertThat(roots.stream().filter(ShopTest::isError).count()).isBetween(2L, 20L);
    assertThat(
            roots.stream()
                .filter(
                    root ->
                        root.getEndTimeUnixNano() - root.getStartTimeUnixNano() > 2_000_000_000L)
                .count())
        .isBetween(4L, 30L);
    assertThat(spans().flatMap(span -> span.getEventsList().stream()))
        .extracting("name")
        .contains("exception", "order.stored");
  }

  @Test
  void shouldSendEveryKindOfMetricWithExemplars() {
    sell(receiver.http(), 7);

    assertThat(metrics().map(Metric::getDataCase).collect(toSet()))
        .containsExactlyInAnyOrder(
            Metric.DataCase.SUM,
            Metric.DataCase.GAUGE,
            Metric.DataCase.HISTOGRAM,
            Metric.DataCase.EXPONENTIAL_HISTOGRAM);
    assertThat(metrics().filter(metric -> metric.getName().equals("shop.cart.items")))
        .isNotEmpty()
        .noneMatch(metric -> metric.getSum().getIsMonotonic());
    Set<ByteString> traces = spans().map(Span::getTraceId).collect(toSet());
    assertThat(
            metrics()
                .flatMap(metric -> metric.getHistogram().getDataPointsList().stream())
                .flatMap(point -> point.getExemplarsList().stream()))
        .isNotEmpty()
        .allMatch(exemplar -> traces.contains(exemplar.getTraceId()));
  }

  @Test
  void shouldVaryInSeverityAndLogStructuredBodies() {
    sell(receiver.http(), 8);

    assertThat(logs().map(LogRecord::getSeverityText).collect(toSet()))
        .containsExactlyInAnyOrder("DEBUG", "INFO", "WARN", "ERROR");
    assertThat(logs().filter(log -> log.getBody().hasKvlistValue())).isNotEmpty();
    assertThat(logs().filter(log -> log.getBody().hasStringValue())).isNotEmpty();
  }

  @Test
  void shouldTellTheSameFromTheSameSeed() {
    sell(receiver.http(), 9);
    List<String> first = structure();
    receiver.forget();

    sell(receiver.http(), 9);

    assertThat(structure()).isEqualTo(first);
    receiver.forget();
    sell(receiver.http(), 10);
    assertThat(structure()).isNotEqualTo(first);
  }

  @Test
  void shouldCountEachExportThatFailed() {
    receiver.status = HttpStatus.BAD_REQUEST;

    Sent sent = sell(receiver.http(), 11);

    assertThat(sent.failedExports()).isPositive();
    assertThat(sent).isEqualTo(new Sent(0, 0, 0, 0, sent.failedExports(), 0));
    assertThat(sent.complete()).isFalse();
  }

  @Test
  void shouldStopWhenTheTimeIsOver() throws Exception {
    try (Shop shop = shop(receiver.http(), 12)) {
      shop.run(1_000, Duration.ofMillis(20));

      shop.close();

      // Fewer if the machine stood still for a second: lost visits are not made up for.
      assertThat(shop.sent().traces()).isBetween(1L, 20L);
    }
  }

  @Test
  void shouldStopWhenAsked() throws Exception {
    try (Shop shop = shop(receiver.http(), 13)) {
      shop.stop();

      shop.run(1, Duration.ofDays(1));

      assertThat(shop.sent().traces()).isZero();
    }
  }

  private static Sent sell(Endpoint endpoint, long seed) {
    Shop shop = shop(endpoint, seed);
    try (shop) {
      for (int i = 0; i < VISITS; i++) {
        shop.visit();
      }
    }
    return shop.sent();
  }

  private static Shop shop(Endpoint endpoint, long seed) {
    return Shop.open(endpoint, new Random(seed), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static Stream<Span> spans() {
    return receiver.spans.stream().flatMap(ShopTest::spansOf);
  }

  private static Stream<Span> spansOf(ResourceSpans group) {
    return group.getScopeSpansList().stream().flatMap(scope -> scope.getSpansList().stream());
  }

  private static Stream<LogRecord> logs() {
    return receiver.logs.stream()
        .flatMap(group -> group.getScopeLogsList().stream())
        .flatMap(scope -> scope.getLogRecordsList().stream());
  }

  private static Stream<Metric> metrics() {
    return receiver.metrics.stream()
        .flatMap(group -> group.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream());
  }

  private static long dataPoints() {
    return metrics()
        .mapToLong(
            metric ->
                metric.getSum().getDataPointsCount()
                    + metric.getGauge().getDataPointsCount()
                    + metric.getHistogram().getDataPointsCount()
                    + metric.getExponentialHistogram().getDataPointsCount())
        .sum();
  }

  /** Names, times and attributes of all spans; ids differ from run to run. */
  private static List<String> structure() {
    return spans()
        .map(
            span ->
                span.getName()
                    + span.getStartTimeUnixNano()
                    + span.getEndTimeUnixNano()
                    + span.getAttributesList())
        .sorted()
        .toList();
  }

  private static boolean isError(Span span) {
    return span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
  }

  private static Set<String> serviceNames(Stream<Resource> resources) {
    return resources.map(ShopTest::serviceName).collect(toSet());
  }

  private static String serviceName(Resource resource) {
    return resource.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals("service.name"))
        .map(KeyValue::getValue)
        .findFirst()
        .orElseThrow()
        .getStringValue();
  }
}
