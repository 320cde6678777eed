package io.millrace.traces.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.condition.ErrorMode;
import io.millrace.daemon.InvalidConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TailSamplingConfigTest {

  @Test
  void shouldHaveTheDefaultsOfTheCollector() throws Exception {
    TailSamplingConfig config = parse("{}");

    assertThat(config)
        .isEqualTo(
            new TailSamplingConfig(
                Duration.ofSeconds(30), Duration.ZERO, false, 0, List.of(), List.of()))
        .isEqualTo(TailSamplingConfig.DEFAULT);
  }

  @Test
  void shouldReadEveryKeyAtTheTop() throws Exception {
    TailSamplingConfig config =
        parse(
            """
            decision_wait: 1m30s
            decision_wait_after_root_received: 1.5s
            sample_on_first_match: true
            maximum_trace_size_bytes: 1000
            num_traces: 100
            expected_new_traces_per_sec: 10
            block_on_overflow: true
            drop_pending_traces_on_shutdown: false
            sampling_strategy: span-ingest
            tail_storage: file_storage
            decision_cache: {sampled_cache_size: 1000, non_sampled_cache_size: 10000}
            policies: []
            """);

    assertThat(config)
        .isEqualTo(
            new TailSamplingConfig(
                Duration.ofSeconds(90),
                Duration.ofMillis(1500),
                true,
                1000,
                List.of(),
                List.of(
                    "num_traces: no effect, no span is buffered",
                    "expected_new_traces_per_sec: no effect, no span is buffered",
                    "block_on_overflow: no effect, no span is buffered",
                    "drop_pending_traces_on_shutdown: no effect, no span is buffered",
                    "decision_cache.sampled_cache_size: no effect, no span is buffered",
                    "decision_cache.non_sampled_cache_size: no effect, no span is buffered",
                    "sampling_strategy: no effect, a trace is decided on all its spans",
                    "tail_storage: no effect, no span is buffered")));
  }

  @Test
  void shouldReadEveryPolicyWithAllItsFields() throws Exception {
    TailSamplingConfig config =
        parse(
            """
            policies:
              - {name: a, type: always_sample}
              - {name: b, type: latency, latency: {threshold_ms: 1, upper_threshold_ms: 2}}
              - {name: c, type: numeric_attribute,
                 numeric_attribute: {key: k, min_value: -1, max_value: 9, invert_match: true}}
              - {name: d, type: probabilistic,
                 probabilistic: {sampling_percentage: 12.5, hash_salt: s}}
              - {name: e, type: status_code, status_code: {status_codes: [OK, ERROR, UNSET]}}
              - {name: f, type: string_attribute,
                 string_attribute: {key: k, values: [x, "y.*"], enabled_regex_matching: true,
                                    cache_max_size: 10, invert_match: true}}
              - {name: g, type: boolean_attribute,
                 boolean_attribute: {key: k, value: true, invert_match: true}}
              - {name: h, type: trace_state, trace_state: {key: k, values: [x]}}
              - {name: i, type: trace_flags}
              - {name: j, type: rate_limiting,
                 rate_limiting: {spans_per_second: 35, burst_capacity: 70}}
              - {name: k, type: bytes_limiting,
                 bytes_limiting: {bytes_per_second: 1024, burst_capacity: 2048}}
              - {name: l, type: span_count, span_count: {min_spans: 2, max_spans: 20}}
              - name: m
                type: ottl_condition
                ottl_condition:
                  error_mode: ignore
                  span: ['attributes["a"] == "b"']
                  spanevent: ['name != "c"']
            """);

    assertThat(config.policies().stream().map(Policy::rule))
        .containsExactly(
            new Rule.AlwaysSample(),
            new Rule.Latency(1, 2),
            new Rule.NumericAttribute("k", -1, 9, true),
            new Rule.Probabilistic(12.5, "s"),
            new Rule.StatusCode(List.of("OK", "ERROR", "UNSET")),
            new Rule.StringAttribute("k", List.of("x", "y.*"), true, 10, true),
            new Rule.BooleanAttribute("k", true, true),
            new Rule.TraceState("k", List.of("x")),
            new Rule.TraceFlags(),
            new Rule.RateLimiting(35, 70),
            new Rule.BytesLimiting(1024, 2048),
            new Rule.SpanCount(2, 20),
            new Rule.OttlCondition(
                ErrorMode.IGNORE, List.of("attributes[\"a\"] == \"b\""), List.of("name != \"c\"")));
    assertThat(config.notes()).isEmpty();
  }

  @Test
  void shouldReadPoliciesWithinPolicies() throws Exception {
    TailSamplingConfig config =
        parse(
            """
            policies:
              - name: a
                type: and
                and:
                  and_sub_policy:
                    - {name: x, type: trace_flags}
                    - {name: y, type: not, not: {not_sub_policy: {name: z, type: always_sample}}}
              - {name: b, type: drop, drop: {drop_sub_policy: [{name: x, type: trace_flags}]}}
              - name: c
                type: composite
                composite:
                  max_total_spans_per_second: 1001
                  policy_order: [y, x, z]
                  composite_sub_policy:
                    - {name: x, type: trace_flags}
                    - {name: y, type: and, and: {and_sub_policy: []}}
                    - {name: z, type: always_sample, latency: {threshold_ms: 5}}
                  rate_allocation: [{policy: x, percent: 25}, {policy: y, percent: 0}]
            """);

    Policy x = new Policy("x", "policies[0].and.and_sub_policy[0]", new Rule.TraceFlags());
    Policy z =
        new Policy(
            "z", "policies[0].and.and_sub_policy[1].not.not_sub_policy", new Rule.AlwaysSample());
    Policy y = new Policy("y", "policies[0].and.and_sub_policy[1]", new Rule.Not(z));
    assertThat(config.policies().get(0).rule()).isEqualTo(new Rule.And(List.of(x, y)));
    Policy dropped = new Policy("x", "policies[1].drop.drop_sub_policy[0]", new Rule.TraceFlags());
    assertThat(config.policies().get(1).rule()).isEqualTo(new Rule.Drop(List.of(dropped)));
    Rule.Composite composite = (Rule.Composite) config.policies().get(2).rule();
    assertThat(composite.policies())
        .extracting(Rule.Allotted::spansPerSecond)
        .containsExactly(250L, 333L, 0L);
    assertThat(config.notes())
        .containsExactly(
            "policies[2].composite.composite_sub_policy[2].latency: no effect, the type is"
                + " always_sample",
            "policies[2].composite.policy_order: no effect, as in the Collector: the order of"
                + " composite_sub_policy holds",
            "policies[2].composite.composite_sub_policy[2]: samples nothing, as in the Collector:"
                + " no rate_allocation for it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: 1 | x: 1 (expected: one of block_on_overflow, decision_cache, decision_wait,"
            + " decision_wait_after_root_received, drop_pending_traces_on_shutdown,"
            + " expected_new_traces_per_sec, maximum_trace_size_bytes, num_traces, policies,"
            + " sample_on_first_match, sampling_strategy, tail_storage)",
        "decision_wait: 30 | decision_wait: 30 (expected: a duration such as 30s, 1m30s or 100ms)",
        "decision_wait: -1s | decision_wait: -1s (expected: a duration such as 30s, 1m30s or 100ms)",
        "decision_wait: [1s] | decision_wait: a list (expected: a duration such as 30s, 1m30s or 100ms)",
        "sample_on_first_match: 1 | sample_on_first_match: 1 (expected: true or false)",
        "num_traces: many | num_traces: many (expected: a whole number)",
        "num_traces: -1 | num_traces: -1 (expected: 0 to 9223372036854775807)",
        "sampling_strategy: x | sampling_strategy: x (expected: trace-complete or span-ingest)",
        "decision_cache: 5 | decision_cache: 5 (expected: a mapping)",
        "decision_cache: {x: 5} | decision_cache.x: 5 (expected: one of non_sampled_cache_size,"
            + " sampled_cache_size)",
        "policies: {} | policies: a mapping (expected: a list)",
        "policies: [5] | policies[0]: 5 (expected: a mapping)",
        "policies: [{type: trace_flags}] | policies[0].name: nothing (expected: a name for the policy)",
        "policies: [{name: a, type: trace_flags}, {name: a, type: trace_flags}] |"
            + " policies[1].name: a (expected: a name of its own)",
        "policies: [{name: a}] | policies[0].type: nothing (expected: one of always_sample, and,"
            + " boolean_attribute, bytes_limiting, composite, drop, latency, not, numeric_attribute,"
            + " ottl_condition, probabilistic, rate_limiting, span_count, status_code,"
            + " string_attribute, trace_flags, trace_state)",
        "policies: [{name: a, type: not, not: {not_sub_policy: {name: b, type: and}}}] |"
            + " policies[0].not.not_sub_policy.type: and (expected: one of always_sample,"
            + " boolean_attribute, bytes_limiting, latency, numeric_attribute, ottl_condition,"
            + " probabilistic, rate_limiting, span_count, status_code, string_attribute,"
            + " trace_flags, trace_state)",
        "policies: [{name: a, type: trace_flags, x: 1}] | policies[0].x: 1 (expected: one of"
            + " always_sample, and, boolean_attribute, bytes_limiting, composite, drop, latency,"
            + " name, not, numeric_attribute, ottl_condition, probabilistic, rate_limiting,"
            + " span_count, status_code, string_attribute, trace_flags, trace_state, type)",
        "policies: [{name: a, type: latency, latency: {threshold_ms: soon}}] |"
            + " policies[0].latency.threshold_ms: soon (expected: a whole number)",
        "policies: [{name: a, type: latency, latency: {threshold: 1}}] |"
            + " policies[0].latency.threshold: 1 (expected: one of threshold_ms, upper_threshold_ms)",
        "policies: [{name: a, type: numeric_attribute, numeric_attribute: {key: k}}] |"
            + " policies[0].numeric_attribute: no bound (expected: min_value or max_value, other"
            + " than 0)",
        "policies: [{name: a, type: probabilistic, probabilistic: {sampling_percentage: half}}] |"
            + " policies[0].probabilistic.sampling_percentage: half (expected: a number)",
        "policies: [{name: a, type: status_code}] | policies[0].status_code.status_codes: nothing"
            + " (expected: one or more of OK, ERROR, UNSET)",
        "policies: [{name: a, type: status_code, status_code: {status_codes: [OK, BAD]}}] |"
            + " policies[0].status_code.status_codes[1]: BAD (expected: OK, ERROR or UNSET)",
        "policies: [{name: a, type: string_attribute, string_attribute: {key: {}}}] |"
            + " policies[0].string_attribute.key: a mapping (expected: text)",
        "policies: [{name: a, type: string_attribute, string_attribute: {values: [[]]}}] |"
            + " policies[0].string_attribute.values[0]: a list (expected: text)",
        "policies: [{name: a, type: string_attribute, string_attribute: {values: [a, '('],"
            + " enabled_regex_matching: true}}] | policies[0].string_attribute.values[1]: (: missing"
            + " closing ) (expected: a regular expression of RE2)",
        "policies: [{name: a, type: rate_limiting, rate_limiting: {spans_per_second: -1}}] |"
            + " policies[0].rate_limiting.spans_per_second: -1 (expected: 0 to 9223372036854775807)",
        "policies: [{name: a, type: span_count, span_count: {min_spans: 2147483648}}] |"
            + " policies[0].span_count.min_spans: 2147483648 (expected: -2147483648 to 2147483647)",
        "policies: [{name: a, type: ottl_condition}] | policies[0].ottl_condition: no condition"
            + " (expected: one or more in span or spanevent)",
        "policies: [{name: a, type: ottl_condition, ottl_condition: {error_mode: loud, span: [x]}}]"
            + " | policies[0].ottl_condition.error_mode: loud (expected: ignore, propagate or"
            + " silent)",
        "policies: [{name: a, type: and, and: {and_sub_policy: [{name: b, type: ottl_condition,"
            + " ottl_condition: {spanevent: ['true', 'nome == 1']}}]}}] |"
            + " policies[0].and.and_sub_policy[0].ottl_condition.spanevent[1]: nome at character 1"
            + " (expected: a path of the spanevent context that is supported)",
        "policies: [{name: a, type: composite, composite: {rate_allocation: [{police: x}]}}] |"
            + " policies[0].composite.rate_allocation[0].police: x (expected: one of percent,"
            + " policy)",
      })
  void shouldRefuse(String yaml, String message) {
    assertThatExceptionOfType(InvalidConfig.class)
        .isThrownBy(() -> parse(yaml))
        .withMessage(message);
  }

  private static TailSamplingConfig parse(String yaml) throws Exception {
    JsonNode block = new YAMLMapper().readTree(yaml);
    return TailSamplingConfig.parse(block);
  }
}
