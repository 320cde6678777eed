package io.millrace.traces.policy;

import io.millrace.condition.CannotEvaluate;
import io.millrace.condition.Conditions;
import io.millrace.condition.ErrorMode;
import io.millrace.condition.InvalidCondition;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.MalformedOtlp;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule of {@code adaptive_tail_sampling}: passes on a trace that its conditions do not hold for;
 * of the others it samples those whose randomness is at or above its threshold.
 */
final class AdaptiveVerdict {

  private AdaptiveVerdict() {}

  /** */
  static Verdict of(Compiled compiled, String path, Rule.Adaptive rule, TraceRandomness random) {
    List<Layout.Bit> bits = conditions(compiled, path, rule);
    Threshold threshold = threshold(compiled, rule.sampler());
    return trace -> {
      for (int i = 0; i < bits.size(); i++) {
        if (!bits.get(i).in(trace.summary(), trace.at())) {
          return Verdict.Vote.NO_MATCH;
        }
      }
      long found = threshold.of(trace);
      trace.threshold(found);
      return Verdict.Vote.of(random.of(trace) >= found);
    };
  }

  private interface Threshold {
    long of(Trace trace);
  }

  private static Threshold threshold(Compiled compiled, AdaptiveSampler sampler) {
    if (sampler instanceof AdaptiveSampler.Adaptive adaptive) {
      int words = adaptive.fingerprint().size() * Fingerprint.WORDS_PER_SELECTOR;
      Fingerprint fingerprint =
          new Fingerprint(
              adaptive.fingerprint(), compiled.observed(), compiled.layout().words(words));
      AdaptiveRates rates = new AdaptiveRates(adaptive);
      compiled.conditions().add(fingerprint);
      compiled.budgets().add(rates);
      return trace ->
          rates.threshold(
              fingerprint.key(trace.summary(), trace.at()), trace.spans(), trace.logTimeNanos());
    }
    AdaptiveSampler.Fixed fixed = (AdaptiveSampler.Fixed) sampler;
    long threshold = SamplingThreshold.of(fixed.percentage() / 100);
    return trace -> threshold;
  }

  /** One bit for each condition that some span must meet, or one for a span that meets them all. */
  private static List<Layout.Bit> conditions(Compiled compiled, String path, Rule.Adaptive rule) {
    List<Layout.Bit> bits = new ArrayList<>();
    List<Conditions<ObservedSpan>> together = new ArrayList<>();
    for (int i = 0; i < rule.conditions().size(); i++) {
      String at = path + ".conditions[" + i + "]";
      Conditions<ObservedSpan> condition = condition(compiled, at, rule.conditions().get(i));
      if (rule.sameSpan()) {
        together.add(condition);
      } else {
        bits.add(bit(compiled, List.of(condition)));
      }
    }
    if (!together.isEmpty()) {
      bits.add(bit(compiled, together));
    }
    return List.copyOf(bits);
  }

  private static Layout.Bit bit(Compiled compiled, List<Conditions<ObservedSpan>> all) {
    Layout.Bit bit = compiled.layout().bit();
    compiled.conditions().add(SpanCondition.any(bit, span -> holds(all, span)));
    return bit;
  }

  private static boolean holds(List<Conditions<ObservedSpan>> all, ObservedSpan span)
      throws MalformedOtlp {
    try {
      for (int i = 0; i < all.size(); i++) {
        if (!all.get(i).hold(span)) {
          return false;
        }
      }
      return true;
    } catch (CannotEvaluate e) {
      throw new IllegalStateException("errors are ignored here", e);
    }
  }

  /** What cannot be evaluated does not hold, and is counted. */
  static Conditions<ObservedSpan> condition(Compiled compiled, String path, String text) {
    try {
      Conditions<ObservedSpan> condition =
          Conditions.parse(text, new SpanPaths(compiled.observed()), ErrorMode.IGNORE);
      compiled.ottl().add(condition);
      return condition;
    } catch (InvalidCondition e) {
      throw new InvalidConfig(
          path, e.found() + " at character " + (e.position() + 1), e.expected());
    }
  }

  /** What tells root spans from others, if it is not that they have no parent. */
  static SpanCondition.Property root(Compiled compiled, String text) {
    List<Conditions<ObservedSpan>> condition =
        List.of(condition(compiled, "root_span_condition", text));
    return span -> holds(condition, span);
  }
}
