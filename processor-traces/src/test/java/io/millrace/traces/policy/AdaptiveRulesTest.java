package io.millrace.traces.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdaptiveRulesTest {

  private static final long SECOND = 1_000_000_000L;
  private static final String FINGERPRINT = "fingerprint_attributes: ['span.attributes[\"k\"]']";

  private final Random random = new Random(11);

  private static Decider decider(String rules) throws Exception {
    return new Decider(
        TailSamplingConfig.parseAdaptive(new YAMLMapper().readTree("{rules: [" + rules + "]}")));
  }

  private static String rule(String sampler) {
    return "{name: r, sampler: {%s}}".formatted(sampler);
  }

  private byte[] id() {
    return ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong()).array();
  }

  private static Span.Builder span(byte[] id) {
    return Span.newBuilder().setTraceId(ByteString.copyFrom(id));
  }

  private static Span.Builder of(byte[] id, String value) {
    return span(id)
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("k")
                .setValue(AnyValue.newBuilder().setStringValue(value)));
  }

  private static void observe(Decider decider, Span.Builder... spans) throws Exception {
    for (Span.Builder span : spans) {
      var request = ExportTraceServiceRequest.newBuilder();
      request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
      decider.observe(request.build().toByteArray());
    }
  }

  private static Decision decide(Decider decider, byte[] id, long nanos) {
    return decider.decide(HexFormat.of().formatHex(id), nanos);
  }

  @Test
  void shouldDecideByTheFirstRuleThatMatches() throws Exception {
    Decider decider =
        decider(
            """
            {name: ok, match: same_span, conditions: ['span.name == "a"', 'span.status.code == 2'],
              sampler: {type: always_sample}},
            {name: both, conditions: ['span.name == "a"', 'span.status.code == 2'],
              sampler: {type: probabilistic, sampling_percentage: 0.0001}},
            {name: named, conditions: ['span.name == "a"'], sampler: {type: always_sample}}
            """);
    Span.Builder named = span(id()).setName("a");
    Span.Builder failed = span(id()).setStatus(Status.newBuilder().setCodeValue(2));
    byte[] same = id();
    observe(
        decider, named.clone().setTraceId(ByteString.copyFrom(same)).setStatus(failed.getStatus()));
    byte[] apart = id();
    observe(
        decider,
        named.clone().setTraceId(ByteString.copyFrom(apart)),
        failed.clone().setTraceId(ByteString.copyFrom(apart)));
    byte[] only = id();
    observe(decider, named.clone().setTraceId(ByteString.copyFrom(only)));
    byte[] none = id();
    observe(decider, failed.clone().setTraceId(ByteString.copyFrom(none)));

    assertThat(decide(decider, same, 0)).isEqualTo(new Decision(Decision.Outcome.SAMPLED, 0));
    // The second rule decides, and the third is not asked
    assertThat(decide(decider, apart, 0)).isEqualTo(new Decision(Decision.Outcome.NOT_SAMPLED, 1));
    assertThat(decide(decider, only, 0)).isEqualTo(new Decision(Decision.Outcome.SAMPLED, 2));
    assertThat(decide(decider, none, 0))
        .isEqualTo(new Decision(Decision.Outcome.NOT_SAMPLED, Decision.NO_POLICY));
  }

  @Test
  void shouldSampleByTheRandomnessOfTheTrace() throws Exception {
    Decider decider = decider(rule("type: probabilistic, sampling_percentage: 50"));
    byte[] low = HexFormat.of().parseHex("ffffffffffffffff007fffffffffffff");
    byte[] high = HexFormat.of().parseHex("00000000000000000080000000000000");
    observe(decider, span(low), span(high));
    assertThat(decide(decider, low, 0).sampled()).isFalse();
    assertThat(decide(decider, high, 0).sampled()).isTrue();
    assertThat(decider.policies().threshold()).isEqualTo(1L << 55);

    byte[] carried = HexFormat.of().parseHex("ffffffffffffffff007ffffffffffffe");
    observe(decider, span(carried), span(carried).setTraceState("a=1,ot=rv:80000000000000"));
    assertThat(decide(decider, carried, 0).sampled()).isTrue();
  }

  @Test
  void shouldReachAGoalAndSpareRareFingerprints() throws Exception {
    for (String sampler :
        new String[] {
          "type: adaptive_throughput, goal_throughput: 50, adjustment_interval: 5s, " + FINGERPRINT,
          "type: adaptive_throughput, algorithm: windowed, goal_throughput: 50, " + FINGERPRINT,
          "type: adaptive_percentage, goal_percentage: 10, adjustment_interval: 5s, " + FINGERPRINT,
        }) {
      Decider decider = decider(rule(sampler));
      Map<String, Integer> kept = new HashMap<>();
      for (int i = 0; i < 60_000; i++) { // 500 a second for two minutes
        byte[] id = id();
        String value = i % 100 == 0 ? "rare" : i % 10 == 0 ? "some" : "often";
        observe(decider, of(id, value));
        boolean isKept = decide(decider, id, i * SECOND / 500).sampled();
        if (isKept && i >= 30_000) { // learnt
          kept.merge(value, 1, Integer::sum);
        }
      }
      int all = kept.values().stream().mapToInt(i -> i).sum();
      assertThat(all).as(sampler).isBetween(2_700, 3_300);
      assertThat(kept.get("rare")).as(sampler).isEqualTo(300);
      assertThat(kept.get("some") / 2_700.0).as(sampler).isGreaterThan(0.3);
      assertThat(kept.get("often") / 27_000.0).as(sampler).isBetween(0.04, 0.07);
    }
  }

  @Test
  void shouldTellFingerprintsByTheValuesWhateverTheirOrder() throws Exception {
    String sampler = "type: adaptive_throughput, goal_throughput: 100, " + FINGERPRINT;
    PolicySet policies = decider(rule(sampler)).policies();
    assertThat(policies.summaryLongs()).isEqualTo(1 + 1 + 2);
    Map<String, long[]> summaries = new HashMap<>();
    for (String values : new String[] {"a", "aa", "ab", "ba", "aba", "b", "", "ac"}) {
      long[] summary = new long[policies.summaryLongs()];
      for (char value : (values + " ").toCharArray()) {
        byte[] id = id();
        Span.Builder span = value == ' ' ? span(id) : of(id, String.valueOf(value));
        var request = ExportTraceServiceRequest.newBuilder();
        request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
        SpanCursor cursor = new SpanCursor().over(request.build().toByteArray());
        assertThat(cursor.next()).isTrue();
        policies.observe(cursor, summary, 0);
      }
      summary[0] = 0; // the number of spans
      summaries.put(values, summary);
    }
    assertThat(summaries.get("aa")).isEqualTo(summaries.get("a"));
    assertThat(summaries.get("ba")).isEqualTo(summaries.get("ab"));
    assertThat(summaries.get("aba")).isEqualTo(summaries.get("ab"));
    assertThat(summaries.values().stream().map(java.util.Arrays::toString).distinct()).hasSize(5);
  }

  @Test
  void shouldDecideTheSameFromAnyBeginningFarEnoughBefore() throws Exception {
    // Given traffic that changes, 50 a second
    String rule =
        rule(
            "type: adaptive_throughput, goal_throughput: 5, adjustment_interval: 2s, "
                + FINGERPRINT);
    int traces = 6_000;
    byte[][] ids = new byte[traces][];
    String[] values = new String[traces];
    for (int i = 0; i < traces; i++) {
      ids[i] = id();
      values[i] = String.valueOf(random.nextInt(1 + i / 1_000));
    }
    boolean[] undisturbed = decideAll(rule, ids, values, 0);
    for (int start : new int[] {333, 2_500, 4_999}) {
      // When another begins in the middle
      boolean[] later = decideAll(rule, ids, values, start);
      // Then once it has seen as many intervals as count, and the one under way, it is the same
      for (int i = start + 50 * 2 * 5; i < traces; i++) {
        assertThat(later[i]).as("trace %d from %d", i, start).isEqualTo(undisturbed[i]);
      }
    }
  }

  private static boolean[] decideAll(String rule, byte[][] ids, String[] values, int from)
      throws Exception {
    Decider decider = decider(rule);
    boolean[] sampled = new boolean[ids.length];
    for (int i = from; i < ids.length; i++) {
      observe(decider, of(ids[i], values[i]));
      sampled[i] = decide(decider, ids[i], i * SECOND / 50).sampled();
    }
    return sampled;
  }

  @Test
  void shouldKeepAGoalTogetherWithTheOwnersOfTheOtherShares() throws Exception {
    int owners = 4;
    Decider[] deciders = new Decider[owners];
    for (int i = 0; i < owners; i++) {
      deciders[i] =
          decider(
              rule(
                  "type: adaptive_throughput, goal_throughput: 40, adjustment_interval: 5s, "
                      + FINGERPRINT));
      deciders[i].policies().share(1.0 / owners);
    }
    int kept = 0;
    for (int i = 0; i < 40_000; i++) { // 400 a second
      byte[] id = id();
      Decider decider = deciders[i % owners];
      observe(decider, of(id, "v" + i % 3));
      kept += decide(decider, id, i * SECOND / 400).sampled() && i >= 20_000 ? 1 : 0;
    }
    assertThat(kept).isBetween(1_800, 2_200);
  }
}
