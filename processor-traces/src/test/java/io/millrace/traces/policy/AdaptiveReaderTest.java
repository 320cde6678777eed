package io.millrace.traces.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.daemon.InvalidConfig;
import io.millrace.traces.policy.AdaptiveSampler.Adaptive;
import io.millrace.traces.policy.AdaptiveSampler.Fixed;
import io.millrace.traces.policy.AdaptiveSampler.Goal;
import io.millrace.traces.policy.AdaptiveSampler.History;
import io.millrace.traces.policy.AdaptiveSampler.Scope;
import io.millrace.traces.policy.AdaptiveSampler.Selector;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveReaderTest {

  private static final String ALL = "rules: [{name: all, sampler: {type: always_sample}}]";

  private static TailSamplingConfig parse(String yaml) throws Exception {
    return TailSamplingConfig.parseAdaptive(new YAMLMapper().readTree(yaml));
  }

  private static AdaptiveSampler sampler(String yaml) throws Exception {
    TailSamplingConfig config = parse("rules: [{name: r, sampler: {" + yaml + "}}]");
    return ((Rule.Adaptive) config.policies().get(0).rule()).sampler();
  }

  @Test
  void shouldHaveTheDefaultsOfContrib() throws Exception {
    assertThat(parse(ALL))
        .isEqualTo(
            new TailSamplingConfig(
                Duration.ofSeconds(32),
                Duration.ofSeconds(2),
                false,
                0,
                List.of(
                    new Policy(
                        "all", "rules[0]", new Rule.Adaptive(List.of(), false, new Fixed(100)))),
                List.of()));
  }

  @Test
  void shouldReadTheWholeBlock() throws Exception {
    TailSamplingConfig config =
        parse(
            """
            trace_timeout: 10s
            decision_delay: 500ms
            num_traces: 100
            span_limit: 10
            decision_cache: {sampled_cache_size: 1, non_sampled_cache_size: 2}
            eviction: {policy: probabilistic, sampling_percentage: 10}
            record_fingerprint: hash
            root_span_condition: 'span.kind == SPAN_KIND_SERVER'
            rules:
              - name: errors
                match: same_span
                conditions: ['span.status.code == STATUS_CODE_ERROR', 'span.name == "x"']
                sampler: {type: probabilistic, sampling_percentage: 50}
              - name: rest
                sampler:
                  type: adaptive_percentage
                  goal_percentage: 5
                  fingerprint_attributes: ['resource.attributes["service.name"]', 'any.attributes["k"]']
                  adjustment_interval: 10s
                  weight: 0.9
                  max_keys: 500
            """);

    assertThat(config.decisionWait()).isEqualTo(Duration.ofMillis(10_500));
    assertThat(config.decisionWaitAfterRootReceived()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.rootSpanCondition()).isEqualTo("span.kind == SPAN_KIND_SERVER");
    assertThat(config.notes())
        .containsExactly(
            "num_traces: no effect, no span is buffered",
            "span_limit: no effect, no span is buffered",
            "decision_cache: no effect, no span is buffered",
            "eviction: no effect, no span is buffered",
            "record_fingerprint: no effect, fingerprints are not written on spans");
    assertThat(config.policies().get(0).rule())
        .isEqualTo(
            new Rule.Adaptive(
                List.of("span.status.code == STATUS_CODE_ERROR", "span.name == \"x\""),
                true,
                new Fixed(50)));
    List<Selector> selectors =
        List.of(new Selector(Scope.RESOURCE, "service.name"), new Selector(Scope.ANY, "k"));
    assertThat(config.policies().get(1).rule())
        .isEqualTo(
            new Rule.Adaptive(
                List.of(),
                false,
                new Adaptive(
                    Goal.PERCENTAGE,
                    5,
                    5,
                    selectors,
                    new History(Duration.ofSeconds(10), 1, 0.9),
                    500)));
  }

  @Test
  void shouldReadThroughputByBothAlgorithms() throws Exception {
    String fingerprint = "fingerprint_attributes: ['root.attributes[\"k\"]']";
    List<Selector> selectors = List.of(new Selector(Scope.ROOT, "k"));

    assertThat(sampler("type: adaptive_throughput, goal_throughput: 100, " + fingerprint))
        .isEqualTo(
            new Adaptive(
                Goal.THROUGHPUT,
                100,
                10,
                selectors,
                new History(Duration.ofSeconds(15), 4, 0.5),
                10_000));
    assertThat(
            sampler(
                "type: adaptive_throughput, goal_throughput: 9, initial_sampling_percentage: 50,"
                    + " algorithm: windowed, update_frequency: 2s, lookback_frequency: 61s, "
                    + fingerprint))
        .isEqualTo(
            new Adaptive(
                Goal.THROUGHPUT,
                9,
                50,
                selectors,
                new History(Duration.ofSeconds(2), 30, 0),
                10_000));
  }

  @Test
  void shouldSayHowFarBackVerdictsReach() throws Exception {
    assertThat(parse(ALL).history()).isEqualTo(Duration.ofSeconds(32));
    TailSamplingConfig config =
        parse(
            """
            rules: [{name: r, sampler: {type: adaptive_percentage, goal_percentage: 5,
              fingerprint_attributes: ['span.attributes["k"]']}}]
            """);
    assertThat(config.history()).isEqualTo(Duration.ofSeconds(5 * 15 + 2 * 32));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | rules: none (expected: at least one)",
        "{rules: [{sampler: {type: always_sample}}]} | rules[0].name: nothing (expected: a name for the policy)",
        "{rules: [{name: _x, sampler: {type: always_sample}}]} | rules[0].name: _x (expected: a name that does not begin with '_')",
        "{rules: [{name: x, sampler: {type: none}}]} | rules[0].sampler.type: none (expected: one of always_sample, probabilistic, adaptive_percentage, adaptive_throughput)",
        "{rules: [{name: x, match: any, sampler: {type: always_sample}}]} | rules[0].match: any (expected: any_span or same_span)",
        "{rules: [{name: x, sampler: {type: probabilistic}}]} | rules[0].sampler.sampling_percentage: 0.0 (expected: more than 0, up to 100)",
        "{rules: [{name: x, sampler: {type: adaptive_percentage, goal_percentage: 1}}]} | rules[0].sampler.fingerprint_attributes: none (expected: at least one)",
        "{rules: [{name: x, sampler: {type: always_sample, weight: 1}}]} | rules[0].sampler.weight: 1 (expected: one of type)",
        "{rules: [{name: x, conditions: ['a b'], sampler: {type: always_sample}}]} | rules[0].conditions[0]: ",
        "{root_span_condition: 'a b', rules: [{name: x, sampler: {type: always_sample}}]} | root_span_condition: ",
        "{rules: [{name: x, sampler: {type: adaptive_percentage, goal_percentage: 1, fingerprint_attributes: [k]}}]} | rules[0].sampler.fingerprint_attributes[0]: k (expected: resource, scope, span, root or any",
      })
  void shouldRefuse(String yaml, String message) {
    assertThatExceptionOfType(InvalidConfig.class)
        .isThrownBy(() -> parse(yaml))
        .withMessageStartingWith(message);
  }
}
