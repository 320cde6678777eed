package io.millrace.traces.policy;

import io.millrace.condition.CannotEvaluate;
import io.millrace.condition.Conditions;
import io.millrace.condition.InvalidCondition;
import io.millrace.condition.Paths;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.MalformedOtlp;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code ottl_condition} policy. It takes two bits: a span or an event met a condition, and the
 * policy failed before any did. Either is final.
 */
final class OttlPolicy implements SpanCondition {

  private final Conditions<ObservedSpan> ofSpan;
  private final Conditions<ObservedSpan> ofEvent;
  private final boolean hasEventConditions;
  private final Layout.Bit met;
  private final Layout.Bit failed;

  private OttlPolicy(
      Conditions<ObservedSpan> ofSpan,
      Conditions<ObservedSpan> ofEvent,
      boolean hasEventConditions,
      Layout layout) {
    this.ofSpan = ofSpan;
    this.ofEvent = ofEvent;
    this.hasEventConditions = hasEventConditions;
    this.met = layout.bit();
    this.failed = layout.bit();
  }

  static Verdict verdict(Compiled compiled, String path, Rule.OttlCondition rule) {
    String prefix = path + ".ottl_condition.";
    Conditions<ObservedSpan> ofSpan =
        parse(prefix + "span", rule.span(), new SpanPaths(compiled.observed()), rule);
    Conditions<ObservedSpan> ofEvent =
        parse(prefix + "spanevent", rule.spanevent(), new EventPaths(compiled.observed()), rule);
    OttlPolicy condition =
        new OttlPolicy(ofSpan, ofEvent, !rule.spanevent().isEmpty(), compiled.layout());
    compiled.conditions().add(condition);
    compiled.ottl().add(ofSpan);
    compiled.ottl().add(ofEvent);
    return condition::vote;
  }

  private static Conditions<ObservedSpan> parse(
      String path, List<String> texts, Paths<ObservedSpan> paths, Rule.OttlCondition rule) {
    List<Conditions<ObservedSpan>> parsed = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      try {
        parsed.add(Conditions.parse(texts.get(i), paths, rule.errorMode()));
      } catch (InvalidCondition e) {
        throw new InvalidConfig(
            path + "[" + i + "]", e.found() + " at character " + (e.position() + 1), e.expected());
      }
    }
    return Conditions.anyOf(parsed, rule.errorMode());
  }

  @Override
  public void observe(ObservedSpan span, long[] summary, int at) throws MalformedOtlp {
    if (met.in(summary, at) || failed.in(summary, at)) {
      return;
    }
    try {
      if (ofSpan.hold(span) || (hasEventConditions && anyEvent(span))) {
        met.set(summary, at);
      }
    } catch (CannotEvaluate e) { // counted when the trace is decided
      failed.set(summary, at);
    }
  }

  private boolean anyEvent(ObservedSpan span) throws CannotEvaluate, MalformedOtlp {
    span.firstEvent();
    while (span.nextEvent()) {
      if (ofEvent.hold(span)) {
        return true;
      }
    }
    return false;
  }

  private Verdict.Vote vote(Trace trace) {
    if (failed.in(trace.summary(), trace.at())) {
      return Verdict.Vote.FAILED;
    }
    return Verdict.Vote.of(met.in(trace.summary(), trace.at()));
  }
}
