package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.daemon.ConfigReader;
import io.millrace.daemon.InvalidConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TracesSectionTest {

  private static final String ADAPTIVE =
      """
      {rules: [{name: r, sampler: {type: adaptive_percentage, goal_percentage: 5,
        fingerprint_attributes: ['span.attributes["k"]']}}]}
      """;

  @TempDir private Path folder;

  private TracesSection read(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), "traces: " + yaml);
    return ConfigReader.read(TracesConfig.DEFAULT, Set.of(), file, List.of(), Map.of()).traces();
  }

  @Test
  void shouldHaveDefaults() throws Exception {
    TracesSection section = read("{}");
    assertThat(section).isEqualTo(TracesSection.DEFAULT);
    assertThat(section.memoryBytes()).isEqualTo(256 << 20);
    assertThat(section.lookBackInForce()).isEqualTo(Duration.ofMinutes(2));
    assertThat(section.clockGrace()).isEqualTo(Duration.ofSeconds(2));
    assertThat(section.annotate()).isEqualTo(new AnnotateConfig(true, false));
    assertThat(section.reloadInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(section.policyNames()).isEmpty();
    assertThat(section.longestVerdict()).isZero();
  }

  @Test
  void shouldReadEveryKey() throws Exception {
    TracesSection section =
        read(
            """
            {tail_sampling: {decision_wait: 5s, policies: [{name: a, type: always_sample}]},
              memory-bytes: 64MiB, look-back: 5s, clock-grace: 1s,
              annotate: {threshold: false, policy: true}, reload-interval: 0}
            """);
    assertThat(section.memoryBytes()).isEqualTo(64 << 20);
    assertThat(section.lookBackInForce()).isEqualTo(Duration.ofSeconds(5));
    assertThat(section.annotate()).isEqualTo(new AnnotateConfig(false, true));
    assertThat(section.reloadInterval()).isZero();
    assertThat(section.policyNames()).containsExactly("a");
    assertThat(section.longestVerdict()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void shouldLookBackAsFarAsVerdictsReach() throws Exception {
    assertThat(read("{tail_sampling: {decision_wait: 5m}}").lookBackInForce())
        .isEqualTo(Duration.ofMinutes(5));
    TracesSection adaptive = read("{adaptive_tail_sampling: " + ADAPTIVE + "}");
    assertThat(adaptive.lookBackInForce()).isEqualTo(Duration.ofSeconds(139));
    assertThat(adaptive.policyNames()).containsExactly("r");
    assertThat(TracesSection.DEFAULT.withPoliciesOf(adaptive)).isEqualTo(adaptive);
  }

  @Test
  void shouldTakeTheExamplePolicies() {
    assertThat(ExamplePolicies.in(TracesSection.DEFAULT).policyNames())
        .containsExactly("errors", "slow", "tenth");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{memory-bytes: 16777215} | traces.memory-bytes: 16777215 (expected: 16777216 or more)",
        "{look-back: 29s} | traces.look-back: 29s (expected: at least what verdicts depend on, 30s)",
        "{clock-grace: -1s} | traces.clock-grace: -1s (expected: 0 or more)",
        "{reload-interval: -1s} | traces.reload-interval: -1s (expected: 0 or more)",
        "{annotate: {x: 1}} | traces.annotate.x: unknown key (expected: one of threshold, policy)",
        "{tail_sampling: {policies: 1}} | traces.tail_sampling.policies: 1 (expected: a list)",
        "{adaptive_tail_sampling: {}} | traces.adaptive_tail_sampling.rules: none (expected: at least one)",
        "{tail_sampling: {}, adaptive_tail_sampling: {}} | traces.adaptive_tail_sampling: beside tail_sampling (expected: one of the two)",
      })
  void shouldRefuse(String yaml, String message) {
    assertThatExceptionOfType(InvalidConfig.class)
        .isThrownBy(() -> read(yaml))
        .withMessage(message);
  }

  @Test
  void shouldRefuseALookBackShorterThanAdaptiveRatesNeed() {
    assertThatExceptionOfType(InvalidConfig.class)
        .isThrownBy(() -> read("{look-back: 2m, adaptive_tail_sampling: " + ADAPTIVE + "}"))
        .withMessage("traces.look-back: 2m (expected: at least what verdicts depend on, 139s)");
  }
}
