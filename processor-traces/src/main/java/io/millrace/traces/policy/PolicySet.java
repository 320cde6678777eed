package io.millrace.traces.policy;

import io.millrace.otlp.MalformedOtlp;
import java.util.List;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Policies, compiled. Spans are shown to {@link #observe} one by one, each with the summary of its
 * trace; {@link #decide} then says what becomes of the trace.
 *
 * <p>A summary is {@link #summaryLongs} words of an array of the caller's, all zero before the
 * first span. Neither method allocates, but for texts that a condition makes. One thread; the spans
 * come from one {@link SpanCursor}. Policies with a budget remember what they have given, so every
 * owner of a partition compiles its own.
 */
public final class PolicySet {

  private static final long ONE_SPAN = 1L << 32;
  private static final long MOST_SPANS = 0xffffffffL << 32;
  private static final long NOT_SAMPLED_YET = -2;

  private final Compiled compiled;
  private final SpanCondition[] conditions;
  private final Verdict[] verdicts;
  private final int[] policies;
  private final Chance[] chances;
  private final boolean dropsAtRandom;
  private final boolean hasRules;
  private final boolean sampleOnFirstMatch;
  private final long maximumBytes;
  private final TraceSize size;
  private final Decision[] sampledBy;
  private final Decision[] droppedBy;
  private final Decision[] notSampledBy;
  private final Decision sampled = new Decision(Decision.Outcome.SAMPLED, Decision.NO_POLICY);
  private final Decision notSampled =
      new Decision(Decision.Outcome.NOT_SAMPLED, Decision.NO_POLICY);
  private final Decision tooLarge = new Decision(Decision.Outcome.TOO_LARGE, Decision.NO_POLICY);
  private final Trace trace = new Trace();
  private long threshold;
  private int thresholdPolicy;
  private long failures;

  private PolicySet(TailSamplingConfig config, Compiled compiled) {
    this.compiled = compiled;
    this.conditions = compiled.conditions().toArray(SpanCondition[]::new);
    this.verdicts =
        compiled.ordered().stream().map(Compiled.Voter::verdict).toArray(Verdict[]::new);
    this.policies = compiled.ordered().stream().mapToInt(Compiled.Voter::policy).toArray();
    this.chances = compiled.ordered().stream().map(Compiled.Voter::chance).toArray(Chance[]::new);
    this.dropsAtRandom =
        config.policies().stream()
            .map(Policy::rule)
            .anyMatch(rule -> rule instanceof Rule.Drop && !Chance.of(rule).isCertain());
    this.hasRules =
        config.policies().stream().anyMatch(policy -> policy.rule() instanceof Rule.Adaptive);
    this.sampleOnFirstMatch = config.sampleOnFirstMatch();
    this.maximumBytes = config.maximumTraceSizeBytes();
    this.size = new TraceSize(compiled.layout().size());
    int count = config.policies().size();
    this.sampledBy = decisions(Decision.Outcome.SAMPLED, count);
    this.droppedBy = decisions(Decision.Outcome.DROPPED, count);
    this.notSampledBy = decisions(Decision.Outcome.NOT_SAMPLED, count);
  }

  private static Decision[] decisions(Decision.Outcome outcome, int policies) {
    Decision[] decisions = new Decision[policies];
    for (int i = 0; i < policies; i++) {
      decisions[i] = new Decision(outcome, i);
    }
    return decisions;
  }

  /**
   * @throws io.millrace.daemon.InvalidConfig naming the path of a condition or a regular expression
   *     that cannot be used
   */
  public static PolicySet compile(TailSamplingConfig config) {
    return new PolicySet(config, Compiled.of(config));
  }

  /** How many 64-bit words the summary of a trace takes. */
  public int summaryLongs() {
    return compiled.layout().longs();
  }

  /** How many spans a summary has seen. */
  public static long spanCount(long[] summary, int at) {
    return summary[at] >>> 32;
  }

  /** Adds a span to the summary of its trace. */
  public void observe(SpanCursor span, long[] summary, int at) throws MalformedOtlp {
    summary[at] += summary[at] >= 0 || summary[at] < MOST_SPANS ? ONE_SPAN : 0;
    ObservedSpan observed = compiled.observed();
    observed.over(span);
    if (compiled.layout().times() != Layout.NONE) {
      observeTimes(span, summary, at + compiled.layout().times());
    }
    if (compiled.layout().size() != Layout.NONE) {
      size.add(span, summary, at);
    }
    for (SpanCondition condition : conditions) {
      condition.observe(observed, summary, at);
    }
  }

  /** The Collector takes a time of 0 for one not set yet. */
  private void observeTimes(SpanCursor span, long[] summary, int at) {
    long earliest = summary[at];
    long latest = summary[at + 1];
    if (earliest == 0 || Long.compareUnsigned(span.startNanos(), earliest) < 0) {
      earliest = span.startNanos();
      summary[at] = earliest;
    }
    if (latest == 0 || Long.compareUnsigned(span.endNanos(), latest) > 0) {
      latest = span.endNanos();
      summary[at + 1] = latest;
    }
    compiled.observed().times(earliest, latest);
  }

  /**
   * Decides a trace: one that any drop policy holds for is dropped; else the first policy to sample
   * it decides; else it is not sampled. Without policies everything is sampled. Of adaptive rules
   * the first that matches decides.
   *
   * @param logTimeNanos for the budgets; never before the one given last
   */
  public Decision decide(
      long traceIdHi, long traceIdLo, long[] summary, int at, long logTimeNanos) {
    if (maximumBytes > 0 && size.of(summary, at) > maximumBytes) {
      return tooLarge;
    }
    if (verdicts.length == 0) {
      return sampled;
    }
    trace.set(traceIdHi, traceIdLo, summary, at, logTimeNanos);
    if (hasRules) {
      return decideByRules();
    }
    Decision decision = notSampled;
    threshold = NOT_SAMPLED_YET;
    for (int i = 0; i < verdicts.length; i++) {
      switch (verdicts[i].on(trace)) {
        case DROPPED -> {
          return droppedBy[policies[i]];
        }
        case SAMPLED -> {
          sampledWith(i);
          if (sampleOnFirstMatch) {
            weighOthersThan(i);
            return sampledBy[policies[i]];
          }
          decision = decision.sampled() ? decision : sampledBy[policies[i]];
        }
        case FAILED -> failures++;
        case NOT_SAMPLED, NO_MATCH -> {}
      }
    }
    return decision;
  }

  /** The first that matches decides. */
  private Decision decideByRules() {
    for (int i = 0; i < verdicts.length; i++) {
      Verdict.Vote vote = verdicts[i].on(trace);
      if (vote != Verdict.Vote.NO_MATCH) {
        threshold = trace.threshold();
        thresholdPolicy = Decision.NO_POLICY;
        int rule = policies[i];
        return vote == Verdict.Vote.SAMPLED ? sampledBy[rule] : notSampledBy[rule];
      }
    }
    return notSampled;
  }

  /** Whether the span observed last is the root of its trace. */
  public boolean isRoot() throws MalformedOtlp {
    return compiled.observed().isRoot();
  }

  /** The most probable of the policies that sample a trace says how probable it was to be kept. */
  private void sampledWith(int voter) {
    long found = dropsAtRandom ? SamplingThreshold.UNKNOWN : chances[voter].threshold();
    boolean isMoreProbable =
        found == SamplingThreshold.ALWAYS
            || threshold == NOT_SAMPLED_YET
            || (threshold != SamplingThreshold.UNKNOWN && found < threshold);
    if (threshold != SamplingThreshold.ALWAYS && isMoreProbable) {
      threshold = found;
      thresholdPolicy = policies[voter];
    }
  }

  /** Those behind the first match could have sampled the trace as well, all but the budgets. */
  private void weighOthersThan(int first) {
    for (int i = first + 1; i < verdicts.length && threshold != SamplingThreshold.ALWAYS; i++) {
      if (chances[i].isKnown() && verdicts[i].on(trace) == Verdict.Vote.SAMPLED) {
        sampledWith(i);
      }
    }
  }

  /**
   * The threshold that the trace decided last has passed, if it was sampled by a policy; {@link
   * SamplingThreshold#UNKNOWN} if that depended on other traces.
   */
  public long threshold() {
    return threshold;
  }

  /** Whose {@link #randomness} the threshold was held against: index in the configuration. */
  public int thresholdPolicy() {
    return thresholdPolicy;
  }

  /**
   * Gives the 56 bits that a policy decides by, of both halves of a trace id; null if it decides
   * otherwise.
   */
  public @Nullable LongBinaryOperator randomness(int policy) {
    for (int i = 0; i < policies.length; i++) {
      Probability hash = chances[i].hash();
      if (policies[i] == policy && hash != null) {
        return hash::randomness;
      }
    }
    return null;
  }

  /** How often a policy could not say anything of a trace, by error mode {@code propagate}. */
  public long failures() {
    return failures;
  }

  /** How often a condition could not be evaluated, by error mode {@code ignore}. */
  public long ignoredErrors() {
    return compiled.ignoredErrors();
  }

  /**
   * Cuts every budget to a share: the limits then hold for all owners of a share together.
   *
   * @param share more than 0, up to 1
   */
  public void share(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share " + share + " (expected: more than 0, up to 1)");
    }
    List<Budget> budgets = compiled.budgets();
    budgets.forEach(budget -> budget.share(share));
  }
}
