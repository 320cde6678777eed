package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.otlp.SpanRequest;
import io.millrace.traces.policy.SpanCursor;
import io.millrace.traces.policy.TailSamplingConfig;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two processors sample two partitions by real policies: at random speeds, with crashes that forget
 * what was not committed, and partitions that change hands at any moment. What they deliver, every
 * span with its annotations, is what one undisturbed processor delivers; nothing that was sampled
 * out is.
 */
class SameDeliveryPropertyTest {

  private static final int PARTITIONS = 2;
  private static final int RECORDS = 2_500;

  /** Without budgets, which begin anew where the reading back begins. */
  private static final List<String> POLICIES =
      List.of(
          """
          decision_wait: 1s
          policies:
            - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
            - {name: slow, type: latency, latency: {threshold_ms: 700}}
            - {name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}
          """,
          """
          decision_wait: 1s
          decision_wait_after_root_received: 300ms
          sample_on_first_match: true
          policies:
            - name: drop
              type: drop
              drop: {drop_sub_policy: [{name: k, type: string_attribute, string_attribute: {key: k, values: [v1]}}]}
            - {name: many, type: span_count, span_count: {min_spans: 5}}
            - name: and
              type: and
              and:
                and_sub_policy:
                  - {name: e, type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['status.code == 2']}}
                  - {name: half, type: probabilistic, probabilistic: {sampling_percentage: 50}}
          """,
          """
          trace_timeout: 1s
          decision_delay: 300ms
          rules:
            - {name: errors, conditions: ['status.code == 2', 'attributes["k"] == "v0"'], sampler: {type: always_sample}}
            - name: rest
              sampler: {type: adaptive_percentage, goal_percentage: 30, adjustment_interval: 1s,
                fingerprint_attributes: ['span.attributes["k"]']}
          """,
          """
          trace_timeout: 1s
          decision_delay: 200ms
          rules:
            - name: goal
              sampler: {type: adaptive_throughput, algorithm: windowed, goal_throughput: 40, update_frequency: 500ms,
                lookback_frequency: 3s, fingerprint_attributes: ['any.attributes["k"]', 'root.attributes["k"]']}
          """);

  private record Entry(long time, byte[] value) {}

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
  void shouldDeliverTheSameWhateverHappensToTheProcessors(long seed) throws Exception {
    // Given
    JsonNode block = new YAMLMapper().readTree(POLICIES.get((int) (seed % POLICIES.size())));
    TailSamplingConfig config =
        block.has("rules")
            ? TailSamplingConfig.parseAdaptive(block)
            : TailSamplingConfig.parse(block);
    List<List<Entry>> logs = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      logs.add(log(new Random(seed * 10 + partition)));
    }
    Map<String, Span> undisturbed = new Fleet(config, logs, new Random(0), 0).run();
    assertThat(undisturbed.size()).isBetween(RECORDS / 10, RECORDS * 4);
    for (int round = 0; round < 4; round++) {
      // When
      Map<String, Span> disturbed =
          new Fleet(config, logs, new Random(seed * 100 + round), 0.0005).run();
      // Then
      assertThat(disturbed).isEqualTo(undisturbed);
    }
  }

  /** Traces of up to 0.9 seconds. */
  private static List<Entry> log(Random random) {
    List<Entry> log = new ArrayList<>();
    List<long[]> alive = new ArrayList<>(); // id, end, spans so far
    long time = 1_700_000_000_000L;
    for (int offset = 0; offset < RECORDS; offset++) {
      time += random.nextInt(20);
      while (alive.size() < 15) {
        alive.add(new long[] {random.nextLong(), time + random.nextInt(900), 0});
      }
      var request = ExportTraceServiceRequest.newBuilder();
      var spans = request.addResourceSpansBuilder().addScopeSpansBuilder();
      for (int i = random.nextInt(4); i >= 0; i--) {
        spans.addSpans(span(alive.get(random.nextInt(alive.size())), time, random));
      }
      long now = time;
      alive.removeIf(trace -> trace[1] < now);
      log.add(new Entry(time, request.build().toByteArray()));
    }
    return log;
  }

  private static Span span(long[] trace, long time, Random random) {
    ByteBuffer id = ByteBuffer.allocate(16).putLong(trace[0] % 7).putLong(trace[0]);
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(ByteString.copyFrom(id.flip()))
            .setName(String.valueOf(trace[2]))
            .setStartTimeUnixNano(time * 1_000_000)
            .setEndTimeUnixNano(time * 1_000_000 + random.nextInt(200_000_000));
    if (trace[2]++ > 0) {
      span.setParentSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
    }
    if (random.nextInt(12) == 0) {
      span.setStatus(Status.newBuilder().setCodeValue(2));
    }
    if (random.nextInt(3) == 0) {
      AnyValue value = AnyValue.newBuilder().setStringValue("v" + trace[0] % 4).build();
      span.addAttributes(KeyValue.newBuilder().setKey("k").setValue(value));
    }
    return span.build();
  }

  /** Two processors and what they deliver, until both logs are at their end. */
  private static final class Fleet {

    private final TailSamplingConfig config;
    private final Random random;
    private final double disturbances;
    private final List<Partition> partitions = new ArrayList<>();
    private final SpanAnnotations[] processors = new SpanAnnotations[2];
    private final SamplingMeters meters = new SamplingMeters("d", new SimpleMeterRegistry());
    private final Map<String, Span> delivered = new TreeMap<>();
    private final SpanCursor cursor = new SpanCursor();

    Fleet(TailSamplingConfig config, List<List<Entry>> logs, Random random, double disturbances) {
      this.config = config;
      this.random = random;
      this.disturbances = disturbances;
      Arrays.setAll(processors, i -> new SpanAnnotations(new AnnotateConfig(true, true), meters));
      for (List<Entry> log : logs) {
        partitions.add(new Partition(log, partitions.size()));
      }
    }

    Map<String, Span> run() throws Exception {
      int[] reluctance = {1, 1};
      for (long step = 0; partitions.stream().anyMatch(p -> !p.isDone()); step++) {
        assertThat(step).as("steps without an end").isLessThan(5_000_000);
        int number = random.nextInt(partitions.size());
        Partition partition = partitions.get(number);
        if (partition.isDone()) {
          continue;
        }
        if (random.nextInt(500) == 0) {
          reluctance[number] = 1 + random.nextInt(30);
        }
        if (random.nextDouble() < disturbances) {
          partition.moveTo(random.nextInt(processors.length));
        }
        partition.read();
        if (random.nextInt(reluctance[number]) == 0) {
          partition.forward();
        }
      }
      return delivered;
    }

    private final class Partition {
      private final List<Entry> log;
      private final int number;
      private SpanAnnotations annotations = processors[0];
      private PolicyVerdicts verdicts;
      private PartitionDecider decider;
      private int next;
      private int forward;

      Partition(List<Entry> log, int number) {
        this.log = log;
        this.number = number;
        this.verdicts = new PolicyVerdicts(config, meters, annotations);
        this.decider = decider();
      }

      boolean isDone() {
        return forward == log.size();
      }

      /** Whoever has it next begins where it was committed last. */
      void moveTo(int processor) {
        if (random.nextBoolean()) {
          processors[processor] = new SpanAnnotations(new AnnotateConfig(true, true), meters);
        }
        annotations = processors[processor];
        verdicts = new PolicyVerdicts(config, meters, annotations);
        forward = Math.max(0, forward - random.nextInt(50));
        decider = decider();
        long from = log.get(forward).time() - config.history().toMillis();
        next = 0;
        while (log.get(next).time() < from) {
          next++;
        }
      }

      private PartitionDecider decider() {
        verdicts.policies().share(1.0 / PARTITIONS);
        PartitionDecider.Settings settings =
            new PartitionDecider.Settings(
                config.decisionWait().toMillis(),
                config.decisionWaitAfterRootReceived().toMillis(),
                config.history().toMillis());
        PartitionDecider result = new PartitionDecider(settings, verdicts, meters, Long.MAX_VALUE);
        result.forwarded(forward - 1L);
        return result;
      }

      void read() throws Exception {
        if (next == log.size()) {
          decider.idleUntil(Long.MAX_VALUE);
          return;
        }
        Entry entry = log.get(next);
        if (!decider.mayRead(entry.time())) {
          return;
        }
        decider.read(next++, entry.time());
        cursor.over(entry.value());
        while (cursor.next()) {
          int row = decider.observe(cursor.traceIdHi(), cursor.traceIdLo());
          if (row != Window.NONE) {
            Window window = decider.window();
            verdicts.policies().observe(cursor, window.words(row), window.summary(row));
            if (verdicts.policies().isRoot()) {
              decider.root(row);
            }
          }
        }
      }

      void forward() throws Exception {
        if (!decider.mayPass(forward)) {
          return;
        }
        SpanRequest request = SpanRequest.of(log.get(forward).value());
        for (int span = 0; span < request.spans(); span++) {
          assertThat(request.readTraceId(span)).isTrue();
          long decided = decider.decided(request.idHigh(), request.idLow());
          assertThat(PartitionDecider.verdict(decided)).isNotEqualTo(PartitionDecider.UNDECIDED);
          if (PartitionDecider.verdict(decided) == PartitionDecider.SAMPLED) {
            deliver(request, span, annotations.fields(request, decided));
          }
        }
        decider.forwarded(forward++);
      }

      private void deliver(SpanRequest request, int span, byte[] fields) throws Exception {
        byte[] kept = request.only(new int[] {span}, 1, new byte[][] {fields});
        Span found =
            ExportTraceServiceRequest.parseFrom(kept)
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpans(0);
        String id = HexFormat.of().formatHex(found.getTraceId().toByteArray());
        Span before = delivered.put(number + "/" + id + "/" + found.getName(), found);
        assertThat(before).isIn(null, found);
      }
    }
  }
}
