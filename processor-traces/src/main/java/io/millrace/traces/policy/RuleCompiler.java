package io.millrace.traces.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns rules into verdicts, and into conditions on spans where they need some. */
final class RuleCompiler {

  private final Compiled compiled;
  private final PropertyCompiler properties;
  private final Map<Rule, Layout.Bit> bits = new HashMap<>();
  private @Nullable TraceRandomness randomness;

  RuleCompiler(Compiled compiled) {
    this.compiled = compiled;
    this.properties = new PropertyCompiler(compiled.observed());
  }

  Verdict verdict(Policy policy) {
    Rule rule = policy.rule();
    if (rule instanceof Rule.AlwaysSample) {
      return trace -> Verdict.Vote.SAMPLED;
    }
    if (rule instanceof Rule.Probabilistic probabilistic) {
      Probability probability = new Probability(probabilistic);
      return trace -> Verdict.Vote.of(probability.samples(trace.idHi(), trace.idLo()));
    }
    if (rule instanceof Rule.SpanCount count) {
      return spanCount(count);
    }
    if (rule instanceof Rule.RateLimiting limit) {
      TokenBucket bucket = bucket(limit.spansPerSecond(), limit.burstCapacity());
      return trace -> Verdict.Vote.of(bucket.take(trace.spans(), trace.logTimeNanos()));
    }
    if (rule instanceof Rule.BytesLimiting limit) {
      return bytesLimiting(limit);
    }
    return ofOthers(policy, rule);
  }

  private Verdict ofOthers(Policy policy, Rule rule) {
    if (rule instanceof Rule.And and) {
      return Verdict.all(verdicts(and.policies()), Verdict.Vote.SAMPLED);
    }
    if (rule instanceof Rule.Drop drop) {
      return Verdict.all(verdicts(drop.policies()), Verdict.Vote.DROPPED);
    }
    if (rule instanceof Rule.Not not) {
      return Verdict.not(verdict(not.policy()));
    }
    if (rule instanceof Rule.Composite composite) {
      List<Policy> policies = composite.policies().stream().map(Rule.Allotted::policy).toList();
      Composite verdict = new Composite(verdicts(policies), composite);
      compiled.budgets().add(verdict);
      return verdict;
    }
    if (rule instanceof Rule.OttlCondition ottl) {
      return OttlPolicy.verdict(compiled, policy.path(), ottl);
    }
    if (rule instanceof Rule.Adaptive adaptive) {
      return AdaptiveVerdict.of(compiled, policy.path(), adaptive, randomness());
    }
    return ofProperty(policy, rule);
  }

  /** One for all rules. */
  private TraceRandomness randomness() {
    if (randomness == null) {
      randomness = new TraceRandomness(compiled.layout().words(1));
      compiled.conditions().add(randomness);
    }
    return randomness;
  }

  private List<Verdict> verdicts(List<Policy> policies) {
    List<Verdict> verdicts = new ArrayList<>();
    policies.forEach(policy -> verdicts.add(verdict(policy)));
    return List.copyOf(verdicts);
  }

  private static Verdict spanCount(Rule.SpanCount rule) {
    long least = rule.minSpans();
    long most = rule.maxSpans() == 0 ? Long.MAX_VALUE : rule.maxSpans();
    return trace -> Verdict.Vote.of(trace.spans() >= least && trace.spans() <= most);
  }

  private TokenBucket bucket(long perSecond, long capacity) {
    TokenBucket bucket = new TokenBucket(perSecond, capacity);
    compiled.budgets().add(bucket);
    return bucket;
  }

  private Verdict bytesLimiting(Rule.BytesLimiting rule) {
    compiled.layout().needSize();
    TokenBucket bucket = bucket(rule.bytesPerSecond(), rule.burstCapacity());
    TraceSize size = new TraceSize(compiled.layout().size());
    return trace ->
        Verdict.Vote.of(bucket.take(size.of(trace.summary(), trace.at()), trace.logTimeNanos()));
  }

  /** Policies that ask the same of spans share a bit, inverted or not. */
  private Verdict ofProperty(Policy policy, Rule rule) {
    if (rule instanceof Rule.Latency) {
      compiled.layout().needTimes();
    }
    boolean inverted = PropertyCompiler.isInverted(rule);
    Rule upright = PropertyCompiler.upright(rule);
    Layout.Bit bit = bits.get(upright);
    if (bit == null) {
      bit = compiled.layout().bit();
      bits.put(upright, bit);
      SpanCondition.Property property = properties.property(upright, policy.path());
      compiled.conditions().add(SpanCondition.any(bit, property));
    }
    return inverted ? Verdict.ofMissingBit(bit) : Verdict.ofBit(bit);
  }
}
