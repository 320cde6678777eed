package io.millrace.traces.policy;

import io.millrace.condition.Conditions;
import java.util.ArrayList;
import java.util.List;

/** What the policies of a configuration compile to. */
final class Compiled {

  /**
   * A policy's verdict.
   *
   * @param policy index in the configuration
   */
  record Voter(int policy, Verdict verdict, Chance chance) {}

  private final Layout layout = new Layout();
  private final ObservedSpan observed = new ObservedSpan();
  private final List<SpanCondition> conditions = new ArrayList<>();
  private final List<Budget> budgets = new ArrayList<>();
  private final List<Conditions<ObservedSpan>> ottl = new ArrayList<>();
  private final List<Voter> ordered = new ArrayList<>();

  private Compiled() {}

  static Compiled of(TailSamplingConfig config) {
    Compiled compiled = new Compiled();
    if (config.maximumTraceSizeBytes() > 0) {
      compiled.layout.needSize();
    }
    if (!config.rootSpanCondition().isEmpty()) {
      compiled.observed.rootIf(AdaptiveVerdict.root(compiled, config.rootSpanCondition()));
    }
    RuleCompiler rules = new RuleCompiler(compiled);
    List<Voter> drops = new ArrayList<>();
    List<Voter> others = new ArrayList<>();
    for (int i = 0; i < config.policies().size(); i++) {
      Policy policy = config.policies().get(i);
      boolean isDrop = policy.rule() instanceof Rule.Drop;
      Voter voter = new Voter(i, rules.verdict(policy), Chance.of(policy.rule()));
      (isDrop ? drops : others).add(voter);
    }
    compiled.ordered.addAll(drops); // a trace that is dropped takes nothing of any budget
    compiled.ordered.addAll(others);
    return compiled;
  }

  Layout layout() {
    return layout;
  }

  ObservedSpan observed() {
    return observed;
  }

  List<SpanCondition> conditions() {
    return conditions;
  }

  List<Budget> budgets() {
    return budgets;
  }

  List<Conditions<ObservedSpan>> ottl() {
    return ottl;
  }

  /** In the order they are asked. */
  List<Voter> ordered() {
    return ordered;
  }

  long ignoredErrors() {
    return ottl.stream().mapToLong(Conditions::errors).sum();
  }
}
