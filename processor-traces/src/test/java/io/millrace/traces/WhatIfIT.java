package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.millrace.broker.Broker;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.Topic;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import io.millrace.traces.policy.TailSamplingConfig;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What policies would have kept, of a topic on a real broker. */
@Tag(Broker.ANY)
@Timeout(180)
class WhatIfIT {

  private static final String TOPIC = "otlp-traces";
  private static final int PARTITIONS = 3;
  private static final long START = Instant.parse("2026-11-21T10:00:00Z").toEpochMilli();
  private static final String ERRORS =
      """
      decision_wait: 2s
      policies:
        - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
      """;
  private static final String SLOW_AND_SHOP =
      """
      decision_wait: 1s
      policies:
        - {name: slow, type: latency, latency: {threshold_ms: 1000}}
        - {name: shop, type: string_attribute, string_attribute: {key: service.name, values: [shop]}}
      """;

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;

  /** A trace each 100 ms for a minute, two spans each; every tenth failed, every fifteenth slow. */
  @BeforeAll
  static void produce() {
    broker = Broker.forTests(dir.resolve("kafka"));
    kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
    Topic topic = TopicsConfig.DEFAULT.catalogue(Signal.TRACES).get(0);
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      Map<String, String> times = Map.of("message.timestamp.type", "CreateTime");
      admin.apply(List.of(new Topic(topic.name(), PARTITIONS, 1, times)));
    }
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int trace = 0; trace < 600; trace++) {
        long time = START + trace * 100L;
        send(producer, trace, time, "shop", trace % 3 == 0 ? "shop" : "stock", false);
        send(producer, trace, time + 50, "pay", "pay", trace % 10 == 0);
      }
      send(producer, 0, START + 50_000, "late", "pay", false);
    }
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      int trace,
      long time,
      String name,
      String service,
      boolean error) {
    ByteBuffer id = ByteBuffer.allocate(16).putLong(7).putLong(trace);
    Span.Builder span =
        Span.newBuilder()
            .setName(name)
            .setTraceId(ByteString.copyFrom(id.flip()))
            .setStartTimeUnixNano(1_000_000_000L)
            .setEndTimeUnixNano(trace % 15 == 0 ? 2_500_000_000L : 1_000_500_000L)
            .setStatus(Status.newBuilder().setCodeValue(error ? 2 : 0));
    var request = ExportTraceServiceRequest.newBuilder();
    var resource = request.addResourceSpansBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setStringValue(service)));
    resource.addScopeSpansBuilder().addSpans(span);
    producer.send(
        new ProducerRecord<>(TOPIC, trace % PARTITIONS, time, null, request.build().toByteArray()));
  }

  private static Trial trial(String name, String yaml, long from, long to) throws Exception {
    JsonNode block = new YAMLMapper().readTree(yaml);
    Trial.Scope scope = new Trial.Scope(from, to, Duration.ofSeconds(1), PARTITIONS, 64 << 20);
    return new Trial(name, TailSamplingConfig.parse(block), scope);
  }

  @Test
  void shouldSayWhatEachSetOfPoliciesWouldHaveKept() throws Exception {
    // Given all of it
    long to = START + 3_600_000;
    Trial first = trial("new.yaml", ERRORS, START, to);
    Trial second = trial("current.yaml", SLOW_AND_SHOP, START, to);
    List<Long> progress = new java.util.ArrayList<>();
    WhatIf.Read read;

    // When
    try (WhatIf whatIf = new WhatIf(kafka, TOPIC)) {
      assertThat(whatIf.partitions()).isEqualTo(PARTITIONS);
      read =
          whatIf.read(
              START, to, List.of(first, second), (done, all, spans) -> progress.add(all - done));
    }

    // Then
    TrialReport errors = first.report();
    assertThat(read).isEqualTo(new WhatIf.Read(1201, 0));
    assertThat(progress.get(progress.size() - 1)).isZero();
    assertThat(errors.all().traces()).isEqualTo(600);
    assertThat(errors.all().spans()).isEqualTo(1201);
    assertThat(errors.kept().traces()).isEqualTo(60);
    assertThat(errors.kept().spans()).isEqualTo(121); // with the late one
    assertThat(errors.keptByPolicy().get("errors").traces()).isEqualTo(60);
    assertThat(errors.keptOf("pay").spans()).isEqualTo(61);
    assertThat(errors.keptOf("shop").spans()).isEqualTo(20);
    assertThat(errors.allByService().get("stock").spans()).isEqualTo(400);
    assertThat(errors.errors().lost()).isZero();
    assertThat(errors.slow().all()).isEqualTo(40);
    assertThat(errors.slow().lost()).isEqualTo(20);
    assertThat(errors.lateSpans().all()).isEqualTo(1);

    TrialReport slow = second.report();
    assertThat(slow.keptByPolicy().get("slow").traces()).isEqualTo(40);
    assertThat(slow.keptByPolicy().get("shop").traces()).isEqualTo(160);
    assertThat(slow.slow().lost()).isZero();
    assertThat(slow.errors().all()).isEqualTo(60);
    assertThat(slow.errors().lost()).isEqualTo(40);
    // and nobody reads that topic
    try (Admin admin = Admin.create(kafka.clientProperties("admin"))) {
      assertThat(admin.listGroups().all().get()).isEmpty();
    }
  }

  @Test
  void shouldCountOnlyTracesThatBeganInTheTimeAskedFor() throws Exception {
    long from = START + 10_000;
    long to = START + 20_000;
    Trial trial = trial("new.yaml", ERRORS, from, to);
    try (WhatIf whatIf = new WhatIf(kafka, TOPIC)) {
      WhatIf.Read read = whatIf.read(from, to, List.of(trial), (done, all, spans) -> {});
      assertThat(read.records()).isBetween(240L, 290L);
    }
    assertThat(trial.report().all().traces()).isEqualTo(100);
    assertThat(trial.report().all().spans()).isEqualTo(200);
    assertThat(trial.report().kept().traces()).isEqualTo(10);
    assertThat(trial.report().tracesUnderWay()).isZero();
  }

  @Test
  void shouldTellPeopleAndPrograms() throws Exception {
    long to = START + 3_600_000;
    Trial first = trial("new.yaml", ERRORS, START, to);
    Trial second = trial("current.yaml", SLOW_AND_SHOP, START, to);
    WhatIfResult result;
    try (WhatIf whatIf = new WhatIf(kafka, TOPIC)) {
      WhatIf.Read read = whatIf.read(START, to, List.of(first, second), (done, all, spans) -> {});
      result =
          new WhatIfResult(
              Instant.ofEpochMilli(START),
              Instant.ofEpochMilli(to),
              PARTITIONS,
              read,
              List.of(first.report(), second.report()));
    }
    String tables = String.join("\n", WhatIfTables.lines(result)).replaceAll(" +", " ");
    assertThat(tables)
        .contains(
            "Traces that began from 2026-11-21T10:00:00Z to 2026-11-21T11:00:00Z (1h); 1,201"
                + " records of 3 partitions read.",
            "kept by new.yaml 60 10.0 % 121 10.1 %",
            "kept by current.yaml 200 33.3 %",
            "Kept by policy, new.yaml",
            "\n errors 60 10.0 %",
            "By service spans bytes kept by new.yaml kept by current.yaml",
            "\n pay 601 ",
            "\n traces with an error 60 0 0.0 % 40 66.7 %",
            "\n slow traces 40 20 50.0 % 0 0.0 %",
            "new.yaml: 1 spans came late and followed their trace's verdict.",
            "Nothing was sent, no offset was moved.");

    JsonNode json = new YAMLMapper().readTree(String.join("\n", WhatIfJson.lines(result)));
    assertThat(json.at("/policies/0/kept/traces").asLong()).isEqualTo(60);
    assertThat(json.at("/policies/1/keptByPolicy/0/policy").asText()).isEqualTo("slow");
    assertThat(json.at("/policies/1/errorTraces/lost").asLong()).isEqualTo(40);
    assertThat(json.at("/policies/0/services/0/service").asText()).isEqualTo("pay");
    assertThat(json.at("/records").asLong()).isEqualTo(1201);
  }
}
