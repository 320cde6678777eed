package io.millrace.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.daemon.ConfigReader;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessingConfigTest {

  @TempDir Path dir;

  /** The section as a role has it. */
  record Section(ProcessingConfig processing) {

    static final Section DEFAULT = new Section(ProcessingConfig.DEFAULT);
  }

  @Test
  void shouldReadRulesOfEveryKind() throws Exception {
    ProcessingConfig config =
        read(
            """
            dead-letters: original
            rules:
              - name: node
                on: resource
                set: {k8s.node.name: node-1, rack: 7, spot: true}
                rename: {host: host.name}
              - name: debug
                drop: severity_number < SEVERITY_NUMBER_INFO
              - name: mine
                keep: resource.attributes["team"] == "us"
              - name: secrets
                redact: {named: [card-number, bearer-token, email, ipv4, ipv6], patterns: ['pw=\\S+']}
              - name: long
                truncate: {max-bytes: 4KiB, mark: '(cut)'}
            """);
    config.check(Signal.LOGS);
    assertThat(config.rules())
        .extracting(RuleConfig::name)
        .containsExactly("node", "debug", "mine", "secrets", "long");
    assertThat(config.rules().get(0).set().keySet())
        .containsExactly("k8s.node.name", "rack", "spot");
    assertThat(config.rules().get(3).redact().orElseThrow().named())
        .isEqualTo(Arrays.asList(NamedPattern.values()));
    assertThat(config.rules().get(4).truncate().orElseThrow().maxBytes()).isEqualTo(4096);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {name: a} | processing.rules[0]: no action (expected: one of set, insert, remove, rename; or drop, keep, redact or truncate alone)
          {name: a, remove: [b], drop: 'true'} | processing.rules[0]: several actions (expected: one of set, insert, remove, rename; or drop, keep, redact or truncate alone)
          {name: A, remove: [b]} | processing.rules[0].name: A (expected: 1 to 63 lower-case letters, digits or '-')
          {remove: [b]} | processing.rules[0].name: missing (expected: a value; it has no default)
          {name: a, drop: 'true', when: 'true'} | processing.rules[0].when: true (expected: set, insert, remove or rename with it)
          {name: a, drop: 'true', on: scope} | processing.rules[0].on: SCOPE (expected: nothing: only items are dropped or kept)
          {name: a, set: {b: [1]}} | processing.rules[0].set.b: ARRAY (expected: a text, a number or a boolean)
          {name: a, redact: {}} | processing.rules[0].redact: nothing (expected: named or patterns)
          {name: a, redact: {patterns: ['(']}} | processing.rules[0].redact.patterns[0]: ( (expected: RE2 syntax; missing closing ))
          {name: a, redact: {patterns: ['x*']}} | processing.rules[0].redact.patterns[0]: x* (expected: a pattern that does not match the empty text)
          {name: a, redact: {named: [phone]}} | processing.rules[0].redact.named[0]: phone (expected: one of card-number, bearer-token, email, ipv4, ipv6)
          {name: a, truncate: {max-bytes: 8}} | processing.rules[0].truncate.max-bytes: 8 (expected: 16 or more)
          """)
  void shouldRefuseARuleByItsKey(String rule, String message) {
    assertThatThrownBy(() -> read("rules: [" + rule + "]"))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage(message);
  }

  @Test
  void shouldRefuseTwoRulesOfOneName() {
    assertThatThrownBy(() -> read("rules: [{name: a, remove: [b]}, {name: a, remove: [c]}]"))
        .hasMessage("processing.rules[1].name: a (expected: a name of its own)");
  }

  @Test
  void shouldRefuseAConditionThatTheSignalDoesNotKnow() throws Exception {
    ProcessingConfig config = read("rules: [{name: a, drop: 'severity_number == 1'}]");
    config.check(Signal.LOGS);
    assertThatThrownBy(() -> config.check(Signal.METRICS))
        .isInstanceOf(InvalidConfig.class)
        .hasMessageStartingWith(
            "rules[0].drop: severity_number at character 1 of severity_number == 1 (expected: ");
  }

  @Test
  void shouldKnowOnlyTheResourceWhereAResourceIsMeant() throws Exception {
    ProcessingConfig config =
        read("rules: [{name: a, on: resource, when: 'attributes[\"a\"] == 1', remove: [b]}]");
    assertThatThrownBy(() -> config.check(Signal.LOGS)).isInstanceOf(InvalidConfig.class);
  }

  private ProcessingConfig read(String yaml) throws Exception {
    Path file = dir.resolve("config.yaml");
    Files.writeString(file, "processing:\n" + yaml.indent(2));
    return ConfigReader.read(Section.DEFAULT, Set.of(), file, List.of(), Map.of()).processing();
  }
}
