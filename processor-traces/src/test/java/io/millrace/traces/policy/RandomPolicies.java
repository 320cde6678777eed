package io.millrace.traces.policy;

import io.millrace.condition.ErrorMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Configurations with a few policies of any type. */
final class RandomPolicies {

  private final Random random;
  private int names;

  RandomPolicies(Random random) {
    this.random = random;
  }

  TailSamplingConfig config() {
    List<Policy> policies = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      policies.add(policy(17));
    }
    long maximum = random.nextInt(6) == 0 ? 200 + random.nextInt(2000) : 0;
    return new TailSamplingConfig(
        Duration.ofSeconds(10), Duration.ZERO, random.nextBoolean(), maximum, policies, List.of());
  }

  private Policy policy(int types) {
    return new Policy("p" + names++, "policies[]", rule(types));
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Types below 13 nest nothing; 13 is {@code not}; the others stand outermost. */
  private Rule rule(int types) {
    return switch (random.nextInt(types)) {
      case 0 -> new Rule.AlwaysSample();
      case 1 ->
          new Rule.Latency(random.nextInt(1500), random.nextBoolean() ? 0 : random.nextInt(2000));
      case 2 ->
          new Rule.NumericAttribute(
              key(), random.nextInt(50) - 10, 1 + random.nextInt(60), random.nextBoolean());
      case 3 -> new Rule.Probabilistic(random.nextInt(101), random.nextBoolean() ? "" : "salt");
      case 4 -> new Rule.StatusCode(List.of(pick(List.of("OK", "ERROR", "UNSET")), "OK"));
      case 5 -> stringAttribute();
      case 6 -> new Rule.BooleanAttribute(key(), random.nextBoolean(), random.nextBoolean());
      case 7 -> new Rule.TraceState(pick(List.of("k", "ot")), List.of("v", "th:8"));
      case 8 -> new Rule.TraceFlags();
      case 9 ->
          new Rule.RateLimiting(1 + random.nextInt(20), random.nextInt(3) * random.nextInt(10));
      case 10 ->
          new Rule.BytesLimiting(
              1 + random.nextInt(3000), random.nextInt(3) * random.nextInt(2000));
      case 11 -> new Rule.SpanCount(random.nextInt(5), random.nextInt(3) * random.nextInt(6));
      case 12 -> new Rule.OttlCondition(ErrorMode.PROPAGATE, conditions(), List.of());
      case 13 -> new Rule.Not(policy(13));
      case 14 -> new Rule.And(policies(14));
      case 15 -> new Rule.Drop(policies(14));
      default -> composite();
    };
  }

  private String key() {
    return pick(RandomTraces.KEYS);
  }

  private Rule stringAttribute() {
    boolean regex = random.nextBoolean();
    List<String> values =
        regex
            ? List.of(pick(List.of("^a", "corp$", ".*", "^$", "[A-Z]")))
            : List.of(pick(RandomTraces.TEXTS), pick(RandomTraces.TEXTS));
    return new Rule.StringAttribute(key(), values, regex, random.nextInt(3), random.nextBoolean());
  }

  private List<String> conditions() {
    List<String> known = List.copyOf(ObjectOracle.CONDITIONS.keySet());
    return random.nextBoolean() ? List.of(pick(known)) : List.of(pick(known), pick(known));
  }

  private List<Policy> policies(int types) {
    List<Policy> policies = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      policies.add(policy(types));
    }
    return policies;
  }

  private Rule composite() {
    List<Rule.Allotted> allotted = new ArrayList<>();
    for (Policy policy : policies(13)) {
      allotted.add(new Rule.Allotted(policy, random.nextInt(30)));
    }
    return new Rule.Composite(random.nextInt(40), allotted);
  }
}
