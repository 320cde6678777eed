package io.millrace.metrics.relabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prometheus's documented rules, in its own syntax. The labels are a=foo, b=bar, c=baz. */
class RelabelRulesTest {

  private static final String DROPPED = "dropped";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // keep and drop match the whole of the joined values
        "{action: keep, source_labels: [a], regex: f.*}                    | {a=foo, b=bar, c=baz}",
        "{action: keep, source_labels: [a], regex: f}                      | dropped",
        "{action: keep, source_labels: [a, b], regex: 'foo;bar'}           | {a=foo, b=bar, c=baz}",
        "{action: keep, source_labels: [a, b], separator: '', regex: foobar} | {a=foo, b=bar, c=baz}",
        "{action: drop, source_labels: [a], regex: '[f].o'}                | dropped",
        "{action: drop, source_labels: [a], regex: fo}                     | {a=foo, b=bar, c=baz}",
        "{action: drop, source_labels: [missing], regex: ''}               | dropped",
        // a rule without source labels matches the empty text
        "{action: drop, regex: .+}                                         | {a=foo, b=bar, c=baz}",
        // replace is the default, with $1 of (.*)
        "{source_labels: [a], target_label: d}                             | {a=foo, b=bar, c=baz, d=foo}",
        "{source_labels: [a], regex: 'f(.*)', target_label: d, replacement: 'x${1}y'} | {a=foo, b=bar, c=baz, d=xooy}",
        "{source_labels: [a], regex: 'f(.*)', target_label: d, replacement: '$1y'} | {a=foo, b=bar, c=baz}",
        "{source_labels: [a], regex: 'f(?P<rest>.*)', target_label: d, replacement: '${rest}!'} | {a=foo, b=bar, c=baz, d=oo!}",
        "{source_labels: [a], regex: x, target_label: d, replacement: y}   | {a=foo, b=bar, c=baz}",
        "{target_label: d, replacement: constant}                          | {a=foo, b=bar, c=baz, d=constant}",
        "{target_label: d, replacement: '$$1'}                             | {a=foo, b=bar, c=baz, d=$1}",
        // an empty result removes the label
        "{source_labels: [a], target_label: b, regex: foo, replacement: ''} | {a=foo, c=baz}",
        "{source_labels: [missing], target_label: a}                       | {b=bar, c=baz}",
        // the target may come from the match
        "{source_labels: [a], regex: '(f)(.*)', target_label: 'x_${2}', replacement: $1} | {a=foo, b=bar, c=baz, x_oo=f}",
        "{action: labelmap, regex: '([ab])', replacement: 'new_$1'}         | {a=foo, b=bar, c=baz, new_a=foo, new_b=bar}",
        "{action: labelmap, regex: a, replacement: c}                      | {a=foo, b=bar, c=foo}",
        "{action: labeldrop, regex: '[ab]'}                                | {c=baz}",
        "{action: labelkeep, regex: '[ab]'}                                | {a=foo, b=bar}",
        "{action: lowercase, source_labels: [up], target_label: d}         | {a=foo, b=bar, c=baz}",
        "{action: uppercase, source_labels: [a, b], target_label: d}       | {a=foo, b=bar, c=baz, d=FOO;BAR}",
        "{action: Uppercase, source_labels: [c], target_label: c}          | {a=foo, b=bar, c=BAZ}",
        // as Prometheus shards: the last 8 bytes of the MD5 of the value
        "{action: hashmod, source_labels: [c], target_label: d, modulus: 1000} | {a=foo, b=bar, c=baz, d=976}",
        "{action: hashmod, source_labels: [a, b], target_label: d, modulus: 1000} | {a=foo, b=bar, c=baz, d=750}",
        "{action: keepequal, source_labels: [a], target_label: b}          | dropped",
        "{action: keepequal, source_labels: [a], target_label: a}          | {a=foo, b=bar, c=baz}",
        "{action: dropequal, source_labels: [a], target_label: a}          | dropped",
        "{action: dropequal, source_labels: [a], target_label: b}          | {a=foo, b=bar, c=baz}",
      })
  void shouldApplyARule(String rule, String expected) throws Exception {
    assertThat(relabel("[" + rule + "]")).isEqualTo(expected);
  }

  @Test
  void shouldMatchLineBreaksAndApplyRulesInOrder() throws Exception {
    Map<String, String> labels = new TreeMap<>(Map.of("a", "x\ny"));
    RelabelRules rules =
        read(
            """
            - {source_labels: [a], regex: 'x.y', target_label: b, replacement: matched}
            - {source_labels: [b], target_label: c}
            - {action: keep, source_labels: [c], regex: matched}
            """);

    assertThat(rules.apply(labels)).isTrue();
    assertThat(labels).containsEntry("c", "matched");
  }

  @Test
  void shouldTakeNothingAsNoRule() {
    assertThat(RelabelRules.read("k", MissingNode.getInstance()).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{action: explode}]                       | k[0].action: explode (expected: an action of Prometheus)",
        "[{target_label: a}, {action: hashmod, target_label: a}] | k[1].modulus: 0 (expected: more than 0 for action hashmod)",
        "[{action: replace}]                       | k[0].target_label: missing (expected: a label for action replace)",
        "[{action: labeldrop, source_labels: [a]}] | k[0].source_labels: a (expected: not set for action labeldrop)",
        "[{action: lowercase, target_label: a, replacement: x}] | k[0].replacement: x (expected: not set for action lowercase)",
        "[{action: keepequal, target_label: a, regex: x}] | k[0].regex: x (expected: not set for action keepequal)",
        "[{action: keep, regex: '('}]              | k[0].regex: ( (expected: an RE2 expression: missing closing ))",
        "[{actoin: keep}]                          | k[0].actoin: unknown key (expected: one of action, modulus, regex, replacement, separator, source_labels, target_label)",
        "{action: keep}                            | k: no list (expected: a list of rules)",
      })
  void shouldRefuse(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml)).hasMessage(message);
  }

  private static String relabel(String rules) throws JsonProcessingException {
    Map<String, String> labels = new TreeMap<>(Map.of("a", "foo", "b", "bar", "c", "baz"));
    return read(rules).apply(labels) ? labels.toString() : DROPPED;
  }

  private static RelabelRules read(String yaml) throws JsonProcessingException {
    return RelabelRules.read("k", new YAMLMapper().readTree(yaml));
  }
}
