package io.millrace.traces.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicySetTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long START = 1_700_000_000L * SECOND;
  private static final String ERRORS =
      "{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}";
  private static final String SLOW = "{name: slow, type: latency, latency: {threshold_ms: 1000}}";
  private static final String ALL = "{name: all, type: always_sample}";
  private static final String LIMITED =
      "{name: limited, type: rate_limiting, rate_limiting: {spans_per_second: 4}}";

  private static Decider decider(String... policies) throws Exception {
    String yaml = "policies: [" + String.join(", ", policies) + "]";
    return new Decider(TailSamplingConfig.parse(new YAMLMapper().readTree(yaml)));
  }

  /** A trace is known by its number. */
  private static void observe(Decider decider, int trace, Span.Builder... spans) throws Exception {
    List<Span> all = new ArrayList<>();
    for (Span.Builder span : spans) {
      ByteString id =
          ByteString.copyFrom(new byte[15]).concat(ByteString.copyFrom(new byte[] {(byte) trace}));
      all.add(span.setTraceId(id).build());
    }
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addAllSpans(all);
    decider.observe(request.build().toByteArray());
  }

  private static void observeSpans(Decider decider, int trace, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      observe(decider, trace, span(0));
    }
  }

  private static Span.Builder span(long nanos) {
    return Span.newBuilder().setStartTimeUnixNano(START).setEndTimeUnixNano(START + nanos);
  }

  private static Decision decide(Decider decider, int trace, long nanos) {
    return decider.decide("%032x".formatted(trace), nanos);
  }

  private static boolean sampled(String policy, Span.Builder... spans) throws Exception {
    Decider decider = decider(policy);
    observe(decider, 1, spans);
    return decide(decider, 1, 0).sampled();
  }

  @Test
  void shouldNeed24BytesForErrorsLatencyAndProbability() throws Exception {
    String tenth = "{name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}";

    assertThat(decider(ERRORS, SLOW, tenth).policies().summaryLongs()).isEqualTo(3);
    assertThat(decider(ALL).policies().summaryLongs()).isEqualTo(1);
    assertThat(decider(ERRORS, SLOW, LIMITED).policies().summaryLongs()).isEqualTo(3);
  }

  @Test
  void shouldTakeFurtherWordsForMoreConditionsThanFitTheFirst() throws Exception {
    // Given
    List<String> policies = new ArrayList<>();
    for (int i = 1; i <= 33; i++) {
      policies.add(
          "{name: p%d, type: numeric_attribute, numeric_attribute: {key: k, min_value: %d, max_value: %d}}"
              .formatted(i, i, i));
    }
    Decider decider = decider(policies.toArray(String[]::new));

    // When
    observe(decider, 1, span(0).addAttributes(number("k", 33)));
    observe(decider, 2, span(0).addAttributes(number("k", 34)));

    // Then
    assertThat(decider.policies().summaryLongs()).isEqualTo(2);
    assertThat(decide(decider, 1, 0)).isEqualTo(new Decision(Decision.Outcome.SAMPLED, 32));
    assertThat(decide(decider, 2, 0).sampled()).isFalse();
  }

  private static KeyValue number(String key, long value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setIntValue(value))
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 0, 999999999, false",
    "1000, 0, 1000000000, true",
    "1000, 2000, 1000999999, false",
    "1000, 2000, 1001000000, true",
    "1000, 2000, 2000999999, true",
    "1000, 2000, 2001000000, false",
  })
  void shouldCompareWholeMillisecondsOfLatency(long from, long to, long nanos, boolean expected)
      throws Exception {
    String policy =
        "{name: p, type: latency, latency: {threshold_ms: %d, upper_threshold_ms: %d}}"
            .formatted(from, to);

    assertThat(sampled(policy, span(nanos))).isEqualTo(expected);
  }

  @Test
  void shouldMeasureLatencyFromTheEarliestStartToTheLatestEnd() throws Exception {
    Span.Builder early = span(1);
    Span.Builder late =
        Span.newBuilder()
            .setStartTimeUnixNano(START + SECOND - 1)
            .setEndTimeUnixNano(START + SECOND);

    assertThat(sampled(SLOW, early)).isFalse();
    assertThat(sampled(SLOW, late)).isFalse();
    assertThat(sampled(SLOW, early, late)).isTrue();
    assertThat(sampled(SLOW, late, early)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"49, false", "50, true", "100, true", "101, false"})
  void shouldIncludeTheBoundsOfANumber(long value, boolean expected) throws Exception {
    String policy =
        "{name: p, type: numeric_attribute, numeric_attribute: {key: k, min_value: 50, max_value: 100}}";

    assertThat(sampled(policy, span(0).addAttributes(number("k", value)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, true", "3, true", "4, false"})
  void shouldIncludeTheBoundsOfASpanCount(int spans, boolean expected) throws Exception {
    Decider decider =
        decider("{name: p, type: span_count, span_count: {min_spans: 2, max_spans: 3}}");

    observeSpans(decider, 1, spans);

    assertThat(decide(decider, 1, 0).sampled()).isEqualTo(expected);
  }

  @Test
  void shouldNameThePolicyThatDecides() throws Exception {
    // Given
    String drop = "{name: drop, type: drop, drop: {drop_sub_policy: [%s]}}".formatted(SLOW);
    Decider decider = decider(ERRORS, SLOW, drop, ALL);

    // When
    observe(decider, 1, span(0));
    observe(decider, 2, span(0).setStatus(Status.newBuilder().setCodeValue(2)));
    observe(decider, 3, span(SECOND).setStatus(Status.newBuilder().setCodeValue(2)));

    // Then
    assertThat(decide(decider, 1, 0)).isEqualTo(new Decision(Decision.Outcome.SAMPLED, 3));
    assertThat(decide(decider, 2, 0)).isEqualTo(new Decision(Decision.Outcome.SAMPLED, 0));
    assertThat(decide(decider, 3, 0)).isEqualTo(new Decision(Decision.Outcome.DROPPED, 2));
  }

  @Test
  void shouldSampleEverythingWithoutPolicies() throws Exception {
    Decider decider = decider();

    observe(decider, 1, span(0));

    assertThat(decide(decider, 1, 0))
        .isEqualTo(new Decision(Decision.Outcome.SAMPLED, Decision.NO_POLICY));
  }

  @Test
  void shouldNotSampleWhatNoPolicySamples() throws Exception {
    Decider decider = decider(ERRORS, SLOW);

    observe(decider, 1, span(0));

    assertThat(decide(decider, 1, 0))
        .isEqualTo(new Decision(Decision.Outcome.NOT_SAMPLED, Decision.NO_POLICY));
  }

  @Test
  void shouldRefuseATraceOneByteLargerThanAllowed() throws Exception {
    // Given a request of one trace, whose size is that of the trace
    Span.Builder span = span(5).setName("n").setTraceId(ByteString.copyFrom(new byte[16]));
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
    byte[] record = request.build().toByteArray();

    for (int spare = -1; spare <= 0; spare++) {
      // When
      String yaml =
          "{maximum_trace_size_bytes: %d, policies: [%s]}".formatted(record.length + spare, ALL);
      Decider decider = new Decider(TailSamplingConfig.parse(new YAMLMapper().readTree(yaml)));
      decider.observe(record);

      // Then
      Decision.Outcome expected = spare < 0 ? Decision.Outcome.TOO_LARGE : Decision.Outcome.SAMPLED;
      assertThat(decide(decider, 0, 0).outcome()).isEqualTo(expected);
    }
  }

  @Test
  void shouldSpendTokensOnLogTimeOnly() throws Exception {
    // Given a bucket of 8 tokens, 4 more a second
    Decider decider = decider(LIMITED);
    observeSpans(decider, 1, 8);
    observeSpans(decider, 2, 1);
    observeSpans(decider, 9, 9);

    // When, Then
    assertThat(decide(decider, 9, START).sampled()).isFalse();
    assertThat(decide(decider, 1, START).sampled()).isTrue();
    assertThat(decide(decider, 2, START).sampled()).isFalse();
    assertThat(decide(decider, 2, START + SECOND / 4 - 2).sampled()).isFalse();
    assertThat(decide(decider, 2, START + SECOND / 4).sampled()).isTrue();
    assertThat(decide(decider, 9, START + 1000 * SECOND).sampled()).isFalse();
  }

  @Test
  void shouldNotSpendTokensBehindAPolicyThatDecidedFirst() throws Exception {
    for (boolean first : new boolean[] {false, true}) {
      // Given
      String yaml =
          "{sample_on_first_match: %s, policies: [%s, %s]}".formatted(first, ERRORS, LIMITED);
      Decider decider = new Decider(TailSamplingConfig.parse(new YAMLMapper().readTree(yaml)));
      observe(decider, 1, span(0).setStatus(Status.newBuilder().setCodeValue(2)));
      observeSpans(decider, 1, 6);
      observeSpans(decider, 2, 8);

      // When
      decide(decider, 1, START);

      // Then
      assertThat(decide(decider, 2, START).sampled()).isEqualTo(first);
    }
  }

  @Test
  void shouldResetTheBudgetsOfACompositeEverySecond() throws Exception {
    // Given
    Decider decider = decider(composite(10));
    observeSpans(decider, 1, 6);
    observeSpans(decider, 2, 4);
    observeSpans(decider, 3, 1);

    // When, Then
    assertThat(decide(decider, 1, START).sampled()).isTrue();
    assertThat(decide(decider, 2, START).sampled()).isTrue();
    assertThat(decide(decider, 3, START + SECOND - 1).sampled()).isFalse();
    assertThat(decide(decider, 3, START + SECOND).sampled()).isTrue();
    assertThat(decide(decider, 1, START + SECOND).sampled()).isTrue();
    assertThat(decide(decider, 2, START + SECOND).sampled()).isFalse();
  }

  private static String composite(int spansPerSecond) {
    return """
        {name: c, type: composite, composite: {max_total_spans_per_second: %d,
          composite_sub_policy: [{name: x, type: always_sample}],
          rate_allocation: [{policy: x, percent: 100}]}}
        """
        .formatted(spansPerSecond);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "3, 2", "7, 1"})
  void shouldKeepALimitTogetherWithTheOwnersOfTheOtherShares(int owners, int spansOfTrace)
      throws Exception {
    String limited = "{name: l, type: rate_limiting, rate_limiting: {spans_per_second: 20}}";
    for (String policy : List.of(limited, composite(20))) {
      // Given
      List<Decider> deciders = new ArrayList<>();
      for (int i = 0; i < owners; i++) {
        Decider decider = decider(policy);
        decider.policies().share(1.0 / owners);
        observeSpans(decider, 1, spansOfTrace);
        deciders.add(decider);
      }

      // When they decide far more traces than the limit allows
      int seconds = 200;
      long sampled = 0;
      for (long millis = 0; millis < 1000L * seconds; millis += 10) {
        for (Decider decider : deciders) {
          boolean isSampled = decide(decider, 1, START + millis * 1_000_000).sampled();
          sampled += isSampled ? spansOfTrace : 0;
        }
      }

      // Then what they sampled together is the limit, and once the burst
      assertThat(sampled).as(policy).isBetween(20L * (seconds - 5), 20L * (seconds + 3));
    }
  }

  @Test
  void shouldLetALargeTracePassAShareAndPayItOff() throws Exception {
    for (String policy : List.of(LIMITED, composite(8))) {
      // Given a share that is smaller than the trace
      Decider decider = decider(policy);
      decider.policies().share(0.25);
      observeSpans(decider, 1, 8);
      observeSpans(decider, 2, 9);

      // When, Then
      assertThat(decide(decider, 1, START).sampled()).as(policy).isTrue();
      assertThat(decide(decider, 1, START + 3 * SECOND).sampled()).as(policy).isFalse();
      assertThat(decide(decider, 1, START + 8 * SECOND).sampled()).as(policy).isTrue();
      assertThat(decide(decider, 2, START + 99 * SECOND).sampled()).as(policy).isFalse();
    }
  }

  @Test
  void shouldRefuseAShareThatIsNone() throws Exception {
    PolicySet policies = decider(LIMITED).policies();

    for (double share : new double[] {0, -1, 1.01, Double.NaN}) {
      assertThatIllegalArgumentException().isThrownBy(() -> policies.share(share));
    }
  }

  @Test
  void shouldCountErrorsOfConditionsByTheirMode() throws Exception {
    String condition =
        "{name: %s, type: ottl_condition, ottl_condition: {error_mode: %s, span: ['name + 1 == 2']}}";
    Decider decider =
        decider(
            condition.formatted("p", "propagate"),
            condition.formatted("i", "ignore"),
            condition.formatted("s", "silent"));

    observeSpans(decider, 1, 3);

    assertThat(decide(decider, 1, 0).sampled()).isFalse();
    assertThat(decider.policies().failures()).isEqualTo(1);
    assertThat(decider.policies().ignoredErrors()).isEqualTo(3);
  }

  @Test
  void shouldCountSpansUpToTheMostThatFit() throws Exception {
    // Given
    PolicySet policies = decider(ALL).policies();
    SpanCursor cursor = new SpanCursor();
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span(0));
    long[] summary = {0xfffffffe_00000007L};

    for (int i = 0; i < 2; i++) {
      // When
      cursor.over(request.build().toByteArray());
      assertThat(cursor.next()).isTrue();
      policies.observe(cursor, summary, 0);

      // Then
      assertThat(PolicySet.spanCount(summary, 0)).isEqualTo(0xffffffffL);
      assertThat(summary[0] & 0xffffffffL).isEqualTo(7);
    }
  }
}
