package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.daemon.InvalidConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoliciesFileTest {

  @TempDir private Path folder;

  private Path file(String yaml) throws Exception {
    return Files.writeString(folder.resolve("p.yaml"), yaml);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policies: [{name: p, type: always_sample}]",
        "tail_sampling: {policies: [{name: p, type: always_sample}]}",
        "traces: {tail_sampling: {policies: [{name: p, type: always_sample}]}}",
        "{receivers: {}, processors: {batch: {}, tail_sampling: {policies: [{name: p, type: always_sample}]}}}",
        "rules: [{name: p, sampler: {type: always_sample}}]",
        "traces: {adaptive_tail_sampling: {rules: [{name: p, sampler: {type: always_sample}}]}}",
        "policies: [{name: '${env:NAME}', type: always_sample}]",
      })
  void shouldFindPoliciesWhereverPeopleKeepThem(String yaml) throws Exception {
    var config = PoliciesFile.read("--policies", file(yaml), Map.of("NAME", "p"));
    assertThat(config.policies()).singleElement().returns("p", policy -> policy.name());
  }

  @Test
  void shouldNameTheFileAndTheKey() throws Exception {
    Path file = file("tail_sampling: {policies: [{name: p, type: none_such}]}");
    assertThatExceptionOfType(InvalidConfig.class)
        .isThrownBy(() -> PoliciesFile.read("--policies", file, Map.of()))
        .withMessageStartingWith(file + ".tail_sampling.policies[0].type: none_such (expected: ");
    assertThatExceptionOfType(InvalidConfig.class)
        .isThrownBy(() -> PoliciesFile.read("--policies", folder.resolve("none"), Map.of()))
        .withMessage(
            "--policies: %s does not exist (expected: a readable file)"
                .formatted(folder.resolve("none")));
    Path empty = file("kafka: {}");
    assertThatExceptionOfType(InvalidConfig.class)
        .isThrownBy(() -> PoliciesFile.read("--policies", empty, Map.of()))
        .withMessage(
            empty
                + ": no policies (expected: tail_sampling or adaptive_tail_sampling, or the block)");
  }
}
