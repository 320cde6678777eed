package io.millrace.metrics.prometheus;

import static io.millrace.metrics.prometheus.Otlp.attribute;
import static io.millrace.metrics.prometheus.Otlp.batch;
import static io.millrace.metrics.prometheus.Otlp.batchOf;
import static io.millrace.metrics.prometheus.Otlp.gauge;
import static io.millrace.metrics.prometheus.Otlp.point;
import static io.millrace.metrics.prometheus.Otlp.request;
import static io.millrace.metrics.prometheus.Otlp.sum;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.DeadReason;
import io.millrace.destination.DestinationConfig;
import io.millrace.metrics.relabel.RelabelRules;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sender against a receiver, point by point of the remote-write specifications. */
@Timeout(60)
class RemoteWriteTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T18:00:00Z"), ZoneOffset.UTC);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, application/x-protobuf, 0.1.0",
    "true, application/x-protobuf;proto=io.prometheus.write.v2.Request, 2.0.0"
  })
  void shouldSendTheHeadersOfTheSpecification(boolean version2, String type, String version)
      throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);

    Answer answer =
        answer(sender(backend, version2), batchOf("acme", request(gauge("g", point(1, 2)))));

    assertThat(answer).isEqualTo(Answer.Accepted.ALL);
    assertThat(backend.requests().get(0).headers())
        .containsEntry("Content-type", type)
        .containsEntry("Content-encoding", "snappy")
        .containsEntry("X-prometheus-remote-write-version", version)
        .containsEntry("User-agent", "millrace/dev")
        .containsEntry("X-scope-orgid", "acme")
        .containsEntry("Authorization", "Bearer x");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldSendLabelsSortedNamedAndNeverEmpty(boolean version2) throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);

    answer(
        sender(backend, version2),
        batch(request(gauge("g", point(1, 2, "zebra", "z", "Apple", "a", "none", "", "m", "m")))));

    for (ReceivedRequest.Series series : backend.requests().get(0).body().series) {
      assertThat(List.copyOf(series.labels.keySet()))
          .isSorted()
          .contains("__name__")
          .doesNotContain("", "none");
      assertThat(series.labels.values()).doesNotContain("");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldSendSeriesOnceWithItsSamplesInTimeOrder(boolean version2) throws Exception {
    // Given records whose points come in another order, one of them twice
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    Batch batch =
        batch(
            request(gauge("g", point(3000, 3, "a", "1", "b", "2"))),
            request(gauge("g", point(1000, 1, "b", "2", "a", "1"))),
            request(gauge("g", point(4000, 4, "a", "1", "b", "2"), point(5, 5))),
            request(gauge("g", point(2000, 2, "a", "1", "b", "2"))),
            request(gauge("g", point(2000, 2, "a", "1", "b", "2"))));
    // When
    Answer answer = answer(sender(backend, version2), batch);
    // Then
    assertThat(answer).isEqualTo(Answer.Accepted.ALL);
    assertThat(backend.requests().get(0).body().series).hasSize(2);
    assertThat(backend.stored())
        .containsEntry(
            Map.of("__name__", "g", "a", "1", "b", "2", "job", "shop"),
            Map.of(1000L, 1.0, 2000L, 2.0, 3000L, 3.0, 4000L, 4.0));
  }

  @Test
  void shouldHaveOneRequestOfALaneUnderWay() throws Exception {
    assertThat(sender(backend(Receiver.Kind.PROMETHEUS), false).maxRequestsPerLane()).isOne();
  }

  @ParameterizedTest
  @CsvSource({"429, 7", "500, 7", "503, 'Sat, 21 Nov 2026 18:00:07 GMT'"})
  void shouldKeepABatchForLaterAndHonourRetryAfter(int status, String retryAfter) throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    backend.script(1, Receiver.status(status, "Retry-After", retryAfter));
    RemoteWrite sender = sender(backend, false);
    Batch batch = batch(request(gauge("g", point(1, 2))));

    assertThat(answer(sender, batch))
        .isEqualTo(
            new Answer.Busy(
                Duration.ofSeconds(7), status == 429, "HTTP %d scripted".formatted(status)));
    assertThat(answer(sender, batch)).isEqualTo(Answer.Accepted.ALL);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 408})
  void shouldWaitWhereNotTheDataIsToBlame(int status) throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    backend.script(1, Receiver.status(status));

    assertThat(answer(sender(backend, false), batch(request(gauge("g", point(1, 2))))))
        .isInstanceOf(Answer.Busy.class);
  }

  @Test
  void shouldKeepABatchForLaterWhenTheConnectionIsClosed() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    backend.script(1, Receiver.closing());
    RemoteWrite sender = sender(backend, false);
    Batch batch = batch(request(gauge("g", point(1, 2))));

    assertThat(answer(sender, batch)).isInstanceOf(Answer.Busy.class);
    assertThat(answer(sender, batch)).isEqualTo(Answer.Accepted.ALL);
  }

  @ParameterizedTest
  @CsvSource({"400, REFUSED", "413, TOO_LARGE"})
  void shouldRefuseWhatTheBackendWillNeverTake(int status, DeadReason reason) throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    backend.script(1, Receiver.status(status));

    assertThat(answer(sender(backend, false), batch(request(gauge("g", point(1, 2))))))
        .isEqualTo(new Answer.Refused(reason, "HTTP %d scripted".formatted(status)));
  }

  @Test
  void shouldGoOnWithVersion1WhereTheMediaTypeIsNotSupported() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    backend.script(1, Receiver.status(415));
    assertFallsBack(backend);
  }

  @Test
  void shouldGoOnWithVersion1WhereSuccessComesWithoutStatistics() throws Exception {
    assertFallsBack(backend(Receiver.Kind.OLD));
  }

  private void assertFallsBack(Receiver backend) throws Exception {
    RemoteWrite sender = sender(backend, true);
    Batch batch = batch(request(gauge("g", point(1, 2))));
    assertThat(answer(sender, batch))
        .isEqualTo(new Answer.Busy(Duration.ZERO, "sent again as remote write 1.0"));
    assertThat(answer(sender, batch)).isEqualTo(Answer.Accepted.ALL);
    assertThat(backend.requests())
        .extracting(request -> request.headers().get("X-prometheus-remote-write-version"))
        .containsExactly("0.1.0");
    assertThat(count("millrace.remote.write.fallbacks")).isEqualTo(1);
  }

  @Test
  void shouldSendSymbolsMetadataAndStartTimesByVersion2() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    var point = point(3000, 3).toBuilder().setStartTimeUnixNano(1_000_000_000).build();

    answer(
        sender(backend, true),
        batch(request(sum("s", AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE, point))));

    ReceivedRequest request = backend.requests().get(0).body();
    assertThat(request.symbols).startsWith("").doesNotHaveDuplicates();
    ReceivedRequest.Series series = request.series.get(0);
    assertThat(series.labels).containsEntry("__name__", "s_seconds_total");
    assertThat(series.samples).containsExactly(new ReceivedRequest.Sample(3000, 3, 1000));
    assertThat(series.metadata).isEqualTo(new ReceivedRequest.Metadata(1, "", "", "seconds"));
  }

  @Test
  void shouldSendMetadataOnceAMinuteByVersion1() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    RemoteWrite sender = sender(backend, false);
    answer(sender, batch(request(gauge("g", point(1, 2)))));
    answer(sender, batch(request(gauge("g", point(2, 2)))));

    assertThat(backend.requests().get(0).body().metadata)
        .containsExactly(new ReceivedRequest.Metadata(2, "g", "about g", ""));
    assertThat(backend.requests().get(1).body().metadata).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PROMETHEUS, 2000, 9, OUT_OF_ORDER, HTTP 400 out of order sample",
    "PROMETHEUS, 3000, 9, DUPLICATE, HTTP 400 duplicate sample for timestamp"
  })
  void shouldBisectWhereTheBackendStoresNothingOfTheRequest(
      Receiver.Kind kind, long millis, double value, DeadReason reason, String words)
      throws Exception {
    Receiver backend = backend(kind);
    RemoteWrite sender = sender(backend, false);
    answer(sender, batch(request(gauge("g", point(3000, 3)))));

    Answer answer =
        answer(
            sender,
            batch(request(gauge("h", point(1, 1))), request(gauge("g", point(millis, value)))));

    assertThat(answer).isEqualTo(new Answer.Refused(reason, words));
    assertThat(backend.stored()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"MIMIR", "THANOS", "PROMETHEUS"})
  void shouldSettleARequestOfWhichTheBackendStoredTheRest(Receiver.Kind kind) throws Exception {
    // Given a series with several samples in one request, one of them late
    Receiver backend = backend(kind);
    RemoteWrite sender = sender(backend, kind == Receiver.Kind.PROMETHEUS);
    answer(sender, batch(request(gauge("g", point(3000, 3)))));
    // When
    Answer answer =
        answer(
            sender,
            batch(
                request(gauge("g", point(2000, 2), point(4000, 4))),
                request(gauge("h", point(1, 1), point(2, 2)))));
    // Then the rest is stored, and the late one counted by its reason
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Accepted.class, accepted -> assertThat(accepted.rejectedItems()).isEqualTo(1));
    assertThat(backend.stored().values())
        .containsExactly(Map.of(3000L, 3.0, 4000L, 4.0), Map.of(1L, 1.0, 2L, 2.0));
    assertThat(count("millrace.remote.write.refused.samples", "reason", "out_of_order"))
        .isEqualTo(1);
  }

  /** Mimir's statistics say that it has written what it refuses in the same answer. */
  @Test
  void shouldBelieveMimirsRefusalMoreThanItsStatistics() throws Exception {
    Receiver backend = backend(Receiver.Kind.MIMIR);
    RemoteWrite sender = sender(backend, true);
    answer(sender, batch(request(gauge("g", point(3000, 3)))));
    // When
    Answer alone = answer(sender, batch(request(gauge("g", point(2000, 2)))));
    Answer amongOthers = answer(sender, batch(request(gauge("g", point(2000, 2), point(4000, 4)))));
    // Then
    assertThat(alone)
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(DeadReason.OUT_OF_ORDER));
    assertThat(amongOthers)
        .isInstanceOfSatisfying(
            Answer.Accepted.class, accepted -> assertThat(accepted.rejectedItems()).isEqualTo(1));
    assertThat(count("millrace.remote.write.refused.samples", "reason", "out_of_order"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"MIMIR", "THANOS", "PROMETHEUS"})
  void shouldBisectWhereTheRestCanBeSentAgainUnharmed(Receiver.Kind kind) throws Exception {
    // Given one sample of each series
    Receiver backend = backend(kind);
    RemoteWrite sender = sender(backend, kind == Receiver.Kind.PROMETHEUS);
    answer(sender, batch(request(gauge("g", point(3000, 3)))));
    byte[] late = request(gauge("g", point(2000, 2)));
    byte[] fine = request(gauge("h", point(1, 1)));
    // When
    assertThat(answer(sender, batch(late, fine))).isInstanceOf(Answer.Refused.class);
    // Then each half says of itself what it is
    assertThat(answer(sender, batch(late)))
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(DeadReason.OUT_OF_ORDER));
    assertThat(answer(sender, batch(fine))).isEqualTo(Answer.Accepted.ALL);
  }

  @Test
  void shouldCountDataPointsWithoutAPlaceInPrometheus() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);

    Answer answer =
        answer(
            sender(backend, false),
            batch(
                request(
                    gauge("g", point(1, 2)),
                    sum(
                        "d",
                        AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA,
                        point(1, 1),
                        point(2, 1)))));

    assertThat(answer)
        .isEqualTo(new Answer.Accepted(2, "2 data points have no place in Prometheus"));
    assertThat(count("millrace.remote.write.unconvertible.items", "reason", "delta_temporality"))
        .isEqualTo(2);
    assertThat(count("millrace.remote.write.samples")).isEqualTo(1);
  }

  @Test
  void shouldSendNothingWhereNothingIsLeft() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);

    assertThat(answer(sender(backend, false), batch(request(gauge("___!", point(1, 2))))))
        .isInstanceOf(Answer.Accepted.class);
    assertThat(backend.requests()).isEmpty();
  }

  @Test
  void shouldHaveABatchBisectedThatWouldMakeTooLargeARequest() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    RemoteWriteConfig small =
        new RemoteWriteConfig(false, ConversionConfig.DEFAULT, Map.of(), Map.of(), noRules(), 1000);
    RemoteWrite sender = sender(backend, small);
    byte[] request = request(gauge("g", point(1, 2, "a", "x".repeat(600))));
    byte[] other = request(gauge("g", point(1, 2, "a", "y".repeat(600))));

    assertThat(answer(sender, batch(request, other)))
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(DeadReason.TOO_LARGE));
    assertThat(answer(sender, batch(request))).isEqualTo(Answer.Accepted.ALL);
  }

  @Test
  void shouldRefuseWhatIsNotOtlp() throws Exception {
    Batch broken =
        new Batch(io.millrace.otlp.Signal.METRICS, "", List.of(new byte[] {10, 127, 1}), 3, 1);

    assertThat(answer(sender(backend(Receiver.Kind.PROMETHEUS), false), broken))
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(DeadReason.MALFORMED));
  }

  @Test
  void shouldGiveExternalAndReplicaLabels() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    RemoteWriteConfig config =
        new RemoteWriteConfig(
            false,
            ConversionConfig.DEFAULT,
            Map.of("region", "eu", "a", "external", "job", "external"),
            Map.of("cluster", "c1", "__replica__", "r1"),
            noRules(),
            1 << 20);

    answer(
        sender(backend, config),
        batch(request(gauge("g", point(1, 2, "a", "own", "cluster", "from the point")))));

    assertThat(backend.stored().keySet())
        .containsExactly(
            Map.of(
                "__name__",
                "g",
                "a",
                "own",
                "job",
                "shop",
                "region",
                "eu",
                "cluster",
                "c1",
                "__replica__",
                "r1"));
  }

  @Test
  void shouldWriteTargetInfoOnce() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    var resource = List.of(attribute("service.name", "shop"), attribute("zone", "z"));

    answer(
        sender(backend, false),
        batch(
            request(resource, gauge("g", point(1000, 2))),
            request(resource, gauge("h", point(1000, 2)))));

    assertThat(backend.stored())
        .hasSize(3)
        .containsEntry(
            Map.of("__name__", "target_info", "job", "shop", "zone", "z"), Map.of(1000L, 1.0));
  }

  @Test
  void shouldNotLetTargetInfoBeRefusedWhereTimesOfTwoRequestsOverlap() throws Exception {
    // Given
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    RemoteWrite sender = sender(backend, false);
    var resource = List.of(attribute("service.name", "shop"), attribute("zone", "z"));
    answer(sender, batch(request(resource, gauge("g", point(2000, 2)))));
    // When another request of the resource has older points, and one of another tenant newer ones
    Answer older = answer(sender, batch(request(resource, gauge("h", point(1000, 1)))));
    Answer other = answer(sender, batchOf("other", request(resource, gauge("i", point(3000, 1)))));
    // Then
    assertThat(older).isEqualTo(Answer.Accepted.ALL);
    assertThat(other).isEqualTo(Answer.Accepted.ALL);
    assertThat(backend.stored())
        .hasSize(4)
        .containsEntry(
            Map.of("__name__", "target_info", "job", "shop", "zone", "z"),
            Map.of(2000L, 1.0, 3000L, 1.0));
  }

  @Test
  void shouldSendTargetInfoAgainWithABatchThatWasNotAccepted() throws Exception {
    Receiver backend = backend(Receiver.Kind.PROMETHEUS);
    backend.script(1, Receiver.status(500));
    RemoteWrite sender = sender(backend, false);
    var resource = List.of(attribute("service.name", "shop"), attribute("zone", "z"));
    Batch batch = batch(request(resource, gauge("g", point(2000, 2))));

    assertThat(answer(sender, batch)).isInstanceOf(Answer.Busy.class);
    assertThat(answer(sender, batch)).isEqualTo(Answer.Accepted.ALL);

    assertThat(backend.stored()).hasSize(2);
  }

  private Receiver backend(Receiver.Kind kind) throws Exception {
    Receiver backend = Receiver.start(kind);
    opened.add(backend);
    return backend;
  }

  private RemoteWrite sender(Receiver backend, boolean version2) {
    return sender(
        backend,
        new RemoteWriteConfig(
            version2, ConversionConfig.DEFAULT, Map.of(), Map.of(), noRules(), 16 << 20));
  }

  private RemoteWrite sender(Receiver backend, RemoteWriteConfig config) {
    DestinationConfig base = DestinationConfig.to(backend.url());
    DestinationConfig destination =
        new DestinationConfig(
            base.url(),
            true,
            Map.of("Authorization", new io.millrace.daemon.Secret("Bearer x")),
            base.compression(),
            base.compressionLevel(),
            base.tls(),
            Duration.ofSeconds(10),
            base.order(),
            base.fileMaxBytes(),
            base.fileMaxCount());
    return new RemoteWrite("backend", destination, config, CLOCK, registry);
  }

  private static RelabelRules noRules() {
    return RelabelRules.read("write_relabel_configs", MissingNode.getInstance());
  }

  private static Answer answer(RemoteWrite sender, Batch batch) throws Exception {
    return sender.send(batch).get(30, TimeUnit.SECONDS);
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }
}
