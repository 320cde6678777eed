package io.millrace.metrics.relabel;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.daemon.InvalidConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rules that are applied to the labels of a series one after the other. */
public final class RelabelRules {

  private final List<Rule> rules;

  private RelabelRules(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * Reads a list of rules as Prometheus writes it; nothing at all is no rule.
   *
   * @param key where it stands in the configuration
   * @throws InvalidConfig with the number of the rule and the key
   */
  public static RelabelRules read(String key, JsonNode list) {
    List<Rule> rules = new ArrayList<>();
    if (list.isMissingNode() || list.isNull()) {
      return new RelabelRules(rules);
    }
    if (!list.isArray()) {
      throw new InvalidConfig(key, "no list", "a list of rules");
    }
    for (JsonNode rule : list) {
      try {
        rules.add(new Rule(RuleConfig.read(rule)));
      } catch (InvalidConfig e) {
        throw e.under(key + "[" + rules.size() + "]");
      }
    }
    return new RelabelRules(rules);
  }

  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /**
   * Changes the labels in place.
   *
   * @return whether the series is kept
   */
  public boolean apply(Map<String, String> labels) {
    for (Rule rule : rules) {
      if (!rule.apply(labels)) {
        return false;
      }
    }
    return true;
  }
}
