package io.millrace.traces;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.traces.policy.Decision;
import io.millrace.traces.policy.Policy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Decisions, counted by policy and outcome. */
final class PolicyMeters {

  private final MeterRegistry registry;
  private final Tags tags;
  private final List<Map<Decision.Outcome, Counter>> traces = new ArrayList<>();
  private final List<Map<Decision.Outcome, Counter>> spans = new ArrayList<>();

  PolicyMeters(List<Policy> policies, Tags tags, MeterRegistry registry) {
    this.registry = registry;
    this.tags = tags;
    add("none");
    policies.forEach(policy -> add(policy.name()));
  }

  private void add(String policy) {
    traces.add(byOutcome("millrace.sampling.traces", policy));
    spans.add(byOutcome("millrace.sampling.spans", policy));
  }

  private Map<Decision.Outcome, Counter> byOutcome(String meter, String policy) {
    Map<Decision.Outcome, Counter> counters = new EnumMap<>(Decision.Outcome.class);
    for (Decision.Outcome outcome : Decision.Outcome.values()) {
      String verdict = outcome.name().toLowerCase(Locale.ROOT);
      counters.put(
          outcome, registry.counter(meter, tags.and("policy", policy, "verdict", verdict)));
    }
    return counters;
  }

  /**
   * @param spanCount of the trace, so far
   */
  void decided(Decision decision, long spanCount) {
    int policy = decision.policy() + 1;
    requireNonNull(traces.get(policy).get(decision.outcome())).increment();
    requireNonNull(spans.get(policy).get(decision.outcome())).increment((double) spanCount);
  }
}
