package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.Broker;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.Role;
import io.millrace.delivery.BatchConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.RetryConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import io.millrace.processing.ProcessingConfig;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.Topic;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sampler on a real broker: what is kept, late spans, restarts, two processors. */
@Tag(Broker.ANY)
@Timeout(180)
class SamplerIT {

  private static final int PARTITIONS = 4;
  private static final int SPANS = 6;
  private static final String RELOADS = "millrace.sampling.policy.reloads";

  @TempDir static Path dir;
  private static Broker broker;
  private static KafkaConfig kafka;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<Role> running = new ArrayList<>();
  private String topic;
  private Path out;
  private long logTime;
  private long logStep = 10;

  @BeforeAll
  static void startBroker() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    broker = Broker.forTests(dir.resolve("kafka"));
    kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    out = dir.resolve(topic);
    // Log time is what the test says: spans of the past, a millisecond apart.
    List<Topic> catalogue =
        topics().catalogue(Signal.TRACES).stream()
            .map(
                topic ->
                    new Topic(
                        topic.name(),
                        topic.partitions(),
                        1,
                        Map.of("message.timestamp.type", "CreateTime")))
            .toList();
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      assertThat(admin.apply(catalogue)).isEmpty();
    }
    logTime = System.currentTimeMillis() - 30_000;
  }

  @AfterEach
  void stop() {
    running.forEach(Role::close);
  }

  @Test
  void shouldKeepWholeTracesThatAPolicySamplesAndNoSpanOfOthers() throws Exception {
    produce(spans(0, 200));
    start("1s");

    await().until(() -> settled() == 200 * SPANS);
    assertThat(delivered()).isEqualTo(expected(0, 200));
    assertThat(counter("millrace.delivered.items")).isEqualTo(50 * SPANS);
    assertThat(counter("millrace.sampled.out.items")).isEqualTo(150 * SPANS);
    assertThat(counter("millrace.sampling.traces", "verdict", "sampled")).isEqualTo(50);
    assertThat(counter("millrace.sampling.traces", "policy", "none")).isEqualTo(150);
    assertThat(counter("millrace.sampling.spans.without.verdict")).isZero();
  }

  @Test
  void shouldKeepWhatWasRedrivenAndDecideOnTheRestWithoutIt() throws Exception {
    // Given spans that the policy would not keep, and one that would have it keep their trace
    produce(List.of(span(1, 0, false)));
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
      var redriven =
          new ProducerRecord<byte[], byte[]>(
              topic, 1, logTime, null, request(List.of(span(1, 1, true), span(5, 0, false))));
      RecordHeaders.put(redriven.headers(), DeadLetterHeaders.REDRIVEN_TO, "files");
      producer.send(redriven);
    }
    produce(List.of(span(5, 1, false)));

    start("1s");

    await().until(() -> settled() == 4);
    assertThat(delivered()).containsExactlyInAnyOrder("1/1", "5/0");
  }

  @Test
  void shouldCommitBeyondTheMarkOfATransactionAtTheEnd() throws Exception {
    Map<String, Object> properties = kafka.clientProperties("transactional");
    properties.put("transactional.id", topic);
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      byte[] spans = request(List.of(span(4, 0, true)));
      producer.send(new ProducerRecord<>(topic, 0, logTime, null, spans));
      producer.commitTransaction();
    }

    start("1s");

    try (Admin admin = Admin.create(kafka.clientProperties("test-admin"))) {
      await().until(() -> committed(admin) == 2);
    }
    assertThat(delivered()).containsExactly("4/0");
  }

  @Test
  void shouldLetLateSpansFollowTheVerdict() throws Exception {
    produce(spans(0, 40));
    start("1s");
    await().until(() -> settled() == 40 * SPANS);

    // An error in a trace that was not sampled comes too late to change that.
    List<Span> late = new ArrayList<>();
    for (int trace = 0; trace < 40; trace++) {
      late.add(span(trace, SPANS, true));
    }
    produce(late);

    await().until(() -> settled() == 40 * SPANS + 40);
    Set<String> expected = expected(0, 40);
    for (int trace = 0; trace < 40; trace += 4) {
      expected.add(trace + "/" + SPANS);
    }
    assertThat(delivered()).isEqualTo(expected);
    assertThat(counter("millrace.sampling.late.spans", "verdict", "sampled")).isEqualTo(10);
    assertThat(counter("millrace.sampling.late.spans", "verdict", "not_sampled")).isEqualTo(30);
  }

  @Test
  void shouldDecideTheSameAfterRestartsAtAnyPoint() throws Exception {
    // Given a clock that never decides, so that the end of what is there is always under way
    List<Span> spans = spans(0, 400);
    int chunk = spans.size() / 8;
    logTime -= 1_000_000;
    logStep = 400;
    // When a processor reads some of each chunk and is stopped before it can decide the rest
    for (int i = 0; i < 8; i++) {
      produce(spans.subList(i * chunk, (i + 1) * chunk));
      long before = settled();
      Role processor = startWith(errors("5s"), Duration.ofHours(1));
      await().until(() -> settled() > before);
      processor.close();
      running.remove(processor);
      assertThat(settled()).isLessThan((i + 1L) * chunk);
    }
    // Then the first records of a later time bring the last verdicts
    logTime += 10_000;
    produce(spans(1000, 1004));
    startWith(errors("5s"), Duration.ofHours(1));
    await().until(() -> settled() == spans.size());
    assertThat(delivered()).isEqualTo(expected(0, 400));
    assertThat(counter("millrace.sampling.spans.without.verdict")).isZero();
  }

  @Test
  void shouldCatchUpOverGapsLongerThanTheLookBack() throws Exception {
    // Given what came while nobody read, with ten minutes of nothing in between, twice
    logTime -= 3_600_000;
    for (int part = 0; part < 3; part++) {
      produce(spans(part * 40, part * 40 + 40));
      logTime += 600_000;
    }
    produce(spans(1000, 1008));
    // When somebody does, whose clock never decides
    startWith(errors("5s"), Duration.ofHours(9));
    // Then all is decided that later records speak for
    await().until(() -> settled() == 120 * SPANS);
    assertThat(delivered()).isEqualTo(expected(0, 120));
    assertThat(counter("millrace.sampling.spans.without.verdict")).isZero();
  }

  @Test
  void shouldSplitNoTraceWhenProcessorsJoinAndLeave() throws Exception {
    produce(spans(0, 400));
    Role first = start("1s");
    await().until(() -> settled() > 0);
    start("1s");
    await().until(() -> settled() > 300 * SPANS);
    first.close();
    running.remove(first);

    await().untilAsserted(() -> assertThat(delivered()).isEqualTo(expected(0, 400)));
    assertThat(counter("millrace.sampling.spans.without.verdict")).isZero();
  }

  @Test
  void shouldHoldABudgetForTheWholeFleet() throws Exception {
    // Given 1200 traces of one span within a second of log time, on all partitions
    List<Span> spans = new ArrayList<>();
    for (int trace = 0; trace < 1200; trace++) {
      spans.add(span(trace, 0, false));
    }
    produce(spans);
    // When three processors share a budget of 100 spans a second, and as much in a burst
    String budget =
        """
        decision_wait: 1s
        policies:
          - {name: budget, type: rate_limiting, rate_limiting: {spans_per_second: 100, burst_capacity: 100}}
        """;
    startWith(budget);
    startWith(budget);
    startWith(budget);
    // Then the log lasts 1.2 seconds: 100 at once and 120 more, give or take one for each partition
    await().until(() -> settled() == 1200);
    assertThat(counter("millrace.delivered.items"))
        .isBetween(220.0 - PARTITIONS, 220.0 + PARTITIONS);
  }

  @Test
  void shouldHoldAnAdaptiveGoalForTheWholeFleet() throws Exception {
    // Given a minute of log time with 100 traces of one span a second, on all partitions
    List<Span> spans = new ArrayList<>();
    Random random = new Random(3);
    for (int trace = 0; trace < 6000; trace++) {
      ByteBuffer id = ByteBuffer.allocate(16).putLong(1).putLong(random.nextLong());
      ByteString traceId = ByteString.copyFrom(id.flip());
      spans.add(span(trace, 0, false).toBuilder().setTraceId(traceId).build());
    }
    logStep = 100;
    logTime -= logTime % 2_000; // where an interval begins
    produce(spans);
    // When three processors share a goal of 20 spans a second
    String goal =
        """
        trace_timeout: 1s
        decision_delay: 100ms
        rules:
          - name: goal
            sampler:
              type: adaptive_throughput
              goal_throughput: 20
              fingerprint_attributes: ['resource.attributes["service.name"]']
              adjustment_interval: 2s
        """;
    startWith(goal);
    startWith(goal);
    startWith(goal);
    // Then they keep all of the first interval, of which nothing is known yet, then as much
    // together, and say how probable that was
    await().until(() -> settled() == 6000);
    double kept = counter("millrace.delivered.items");
    double expected = 100 * 2 + 20 * 58;
    assertThat(kept).isBetween(0.85 * expected, 1.15 * expected);
    assertThat(counter("millrace.sampling.spans.without.threshold")).isZero();
  }

  @Test
  void shouldTakeOverPoliciesThatChangeAndRefuseThoseItCannotRead() throws Exception {
    // Given a clock that never decides
    Duration never = Duration.ofHours(1);
    AtomicReference<JsonNode> policies = new AtomicReference<>(yaml(errors("1s")));
    running.add(
        TracesProcessor.start(
            config(policies.get(), never), registry, () -> config(policies.get(), never)));
    produce(spans(0, 40));
    logTime += 2_000;
    produce(spans(40, 80)); // brings the verdicts on those before
    await().until(() -> counter("millrace.sampling.traces") >= 40);

    // When the policies become useless, nothing changes
    policies.set(yaml("policies: [{name: x, type: no_such_type}]"));
    await().until(() -> counter(RELOADS, "outcome", "refused") == 1);

    // When they sample everything, what is not decided yet and what comes later is sampled
    policies.set(yaml("{decision_wait: 1s, policies: [{name: all, type: always_sample}]}"));
    await().until(() -> counter(RELOADS, "outcome", "applied") == 1);
    produce(List.of(span(0, SPANS, false), span(1, SPANS, false)));
    logTime += 2_000;
    produce(spans(80, 120));
    logTime += 2_000;
    produce(spans(1000, 1008));

    // Then late spans follow the verdicts of the policies before
    await().until(() -> settled() >= 120 * SPANS + 2);
    Set<String> expected = expected(0, 40);
    expected.add("0/" + SPANS);
    spans(40, 120).forEach(span -> expected.add(span.getName()));
    assertThat(delivered()).containsAll(expected).doesNotContain("1/" + SPANS, "1/0");
    assertThat(counter("millrace.sampling.spans.without.verdict")).isZero();
    assertThat(counter(RELOADS, "outcome", "refused")).isEqualTo(1);
  }

  // ---------------------------------------------------------------- helpers

  private Role start(String decisionWait) throws Exception {
    return startWith(errors(decisionWait));
  }

  private static String errors(String decisionWait) {
    return """
        decision_wait: %s
        policies:
          - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
        """
        .formatted(decisionWait);
  }

  private Role startWith(String block) throws Exception {
    return startWith(block, Duration.ofMillis(200));
  }

  private Role startWith(String block, Duration clockGrace) throws Exception {
    Role role = TracesProcessor.start(config(yaml(block), clockGrace), registry);
    running.add(role);
    return role;
  }

  private static JsonNode yaml(String block) throws Exception {
    return new ObjectMapper(new YAMLFactory()).readTree(block);
  }

  private TracesConfig config(JsonNode sampling, Duration clockGrace) {
    DeliveryConfig delivery =
        new DeliveryConfig(
            topic,
            new BatchConfig(1 << 16, Duration.ofMillis(20)),
            RetryConfig.DEFAULT,
            16 << 20,
            8,
            Duration.ofMillis(50),
            Duration.ofSeconds(10));
    TracesSection section =
        new TracesSection(
            delivery,
            Map.of("files", DestinationConfig.to("file:" + out)),
            ProcessingConfig.DEFAULT,
            sampling.has("rules") ? MissingNode.getInstance() : sampling,
            sampling.has("rules") ? sampling : MissingNode.getInstance(),
            64 << 20,
            Duration.ofSeconds(60),
            clockGrace,
            AnnotateConfig.DEFAULT,
            Duration.ofMillis(50));
    return new TracesConfig(kafka, topics(), AdminConfig.DEFAULT, section);
  }

  private TopicsConfig topics() {
    TopicConfig traces = new TopicConfig(topic, PARTITIONS, 1, Duration.ofHours(1), 1 << 20);
    return new TopicsConfig(
        traces, TopicsConfig.DEFAULT.metrics(), TopicsConfig.DEFAULT.logs(), 1, Duration.ofDays(1));
  }

  /** The spans of traces, shuffled; the last span of every fourth trace is an error. */
  private static List<Span> spans(int from, int to) {
    List<Span> spans = new ArrayList<>();
    for (int trace = from; trace < to; trace++) {
      for (int number = 0; number < SPANS; number++) {
        spans.add(span(trace, number, trace % 4 == 0 && number == SPANS - 1));
      }
    }
    // Neighbours change places, so that traces interleave but stay within the decision wait.
    Random random = new Random(1);
    for (int at = 0; at < spans.size(); at += 40) {
      Collections.shuffle(spans.subList(at, Math.min(spans.size(), at + 40)), random);
    }
    return spans;
  }

  private static Span span(int trace, int number, boolean error) {
    ByteBuffer id = ByteBuffer.allocate(16).putLong(0x1234_5678L).putLong(trace);
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(id.flip()))
        .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(number + 1).flip()))
        .setName(trace + "/" + number)
        .setStartTimeUnixNano(1)
        .setEndTimeUnixNano(2)
        .setStatus(
            Status.newBuilder()
                .setCode(
                    error
                        ? Status.StatusCode.STATUS_CODE_ERROR
                        : Status.StatusCode.STATUS_CODE_UNSET))
        .build();
  }

  private static Set<String> expected(int from, int to) {
    return spans(from, to).stream()
        .map(Span::getName)
        .filter(name -> Integer.parseInt(name.substring(0, name.indexOf('/'))) % 4 == 0)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Ten spans a request, each span in the record of its trace's partition. */
  private void produce(List<Span> spans) {
    try (var producer =
        new KafkaProducer<byte[], byte[]>(
            kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int from = 0; from < spans.size(); from += 10) {
        logTime += logStep;
        Map<Integer, List<Span>> byPartition =
            spans.subList(from, Math.min(spans.size(), from + 10)).stream()
                .collect(
                    Collectors.groupingBy(span -> span.getTraceId().byteAt(15) & (PARTITIONS - 1)));
        byPartition.forEach(
            (partition, some) ->
                producer.send(
                    new ProducerRecord<>(topic, partition, logTime, null, request(some))));
      }
    }
  }

  private static byte[] request(List<Span> spans) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder().addScopeSpans(ScopeSpans.newBuilder().addAllSpans(spans)))
        .build()
        .toByteArray();
  }

  /** Of partition 0; -1 before the first commit. */
  private long committed(Admin admin) throws Exception {
    String group = topic + "-traces-files";
    var offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    var offset = offsets.get(new TopicPartition(topic, 0));
    return offset == null ? -1 : offset.offset();
  }

  private long settled() {
    return (long) (counter("millrace.delivered.items") + counter("millrace.sampled.out.items"));
  }

  private double counter(String name, String... tags) {
    return registry.find(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
  }

  private Set<String> delivered() throws Exception {
    Set<String> names = new TreeSet<>();
    if (!Files.exists(out)) {
      return names;
    }
    List<Path> files;
    try (Stream<Path> listed = Files.list(out)) {
      files = listed.toList();
    }
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        ExportTraceServiceRequest.parseFrom(
                OtlpJson.toProtobuf(
                    Signal.TRACES, line.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
            .getResourceSpansList()
            .forEach(
                resource ->
                    resource
                        .getScopeSpansList()
                        .forEach(
                            scope ->
                                scope.getSpansList().forEach(span -> names.add(span.getName()))));
      }
    }
    return names;
  }
}
