package io.millrace.traces.policy;

import io.millrace.condition.ErrorMode;
import io.millrace.daemon.InvalidConfig;
import java.util.List;
import java.util.Set;

/**
 * What a policy asks of a trace: one record for each of the Collector's policy types, with its
 * fields. A number of 0 means that it is not set, as it does there.
 */
public sealed interface Rule {

  /** {@code always_sample}. */
  record AlwaysSample() implements Rule {}

  /**
   * {@code latency}: from the earliest start to the latest end.
   *
   * @param thresholdMs sampled from here, or, with an upper threshold, above here
   * @param upperThresholdMs sampled up to here
   */
  record Latency(long thresholdMs, long upperThresholdMs) implements Rule {}

  /** {@code numeric_attribute}: bounds are inclusive. */
  record NumericAttribute(String key, long minValue, long maxValue, boolean invertMatch)
      implements Rule {

    public NumericAttribute {
      if (minValue == 0 && maxValue == 0) {
        throw new InvalidConfig(
            "numeric_attribute", "no bound", "min_value or max_value, other than 0");
      }
    }
  }

  /**
   * {@code probabilistic}.
   *
   * @param samplingPercentage 100 and more samples every trace
   */
  record Probabilistic(double samplingPercentage, String hashSalt) implements Rule {}

  /** {@code status_code}. */
  record StatusCode(List<String> statusCodes) implements Rule {

    private static final Set<String> KNOWN = Set.of("OK", "ERROR", "UNSET");

    public StatusCode {
      statusCodes = List.copyOf(statusCodes);
      if (statusCodes.isEmpty()) {
        throw new InvalidConfig(
            "status_code.status_codes", "nothing", "one or more of OK, ERROR, UNSET");
      }
      for (int i = 0; i < statusCodes.size(); i++) {
        if (!KNOWN.contains(statusCodes.get(i))) {
          throw new InvalidConfig(
              "status_code.status_codes[" + i + "]", statusCodes.get(i), "OK, ERROR or UNSET");
        }
      }
    }
  }

  /**
   * {@code string_attribute}.
   *
   * @param values texts, or regular expressions that need not match the whole
   * @param cacheMaxSize how many texts to remember the answer for; 0 for 128
   */
  record StringAttribute(
      String key,
      List<String> values,
      boolean enabledRegexMatching,
      int cacheMaxSize,
      boolean invertMatch)
      implements Rule {

    public StringAttribute {
      values = List.copyOf(values);
    }
  }

  /** {@code boolean_attribute}. */
  record BooleanAttribute(String key, boolean value, boolean invertMatch) implements Rule {}

  /** {@code trace_state}. */
  record TraceState(String key, List<String> values) implements Rule {

    public TraceState {
      values = List.copyOf(values);
    }
  }

  /** {@code trace_flags}: a span that the head sampler sampled. */
  record TraceFlags() implements Rule {}

  /** {@code rate_limiting}. */
  record RateLimiting(long spansPerSecond, long burstCapacity) implements Rule {}

  /** {@code bytes_limiting}. */
  record BytesLimiting(long bytesPerSecond, long burstCapacity) implements Rule {}

  /** {@code span_count}: bounds are inclusive. */
  record SpanCount(int minSpans, int maxSpans) implements Rule {}

  /**
   * {@code ottl_condition}: one span, or one span event, that meets one of the conditions.
   *
   * @param errorMode what becomes of a condition that cannot be evaluated; default silent
   */
  record OttlCondition(ErrorMode errorMode, List<String> span, List<String> spanevent)
      implements Rule {

    public OttlCondition {
      span = List.copyOf(span);
      spanevent = List.copyOf(spanevent);
      if (span.isEmpty() && spanevent.isEmpty()) {
        throw new InvalidConfig(
            "ottl_condition", "no condition", "one or more in span or spanevent");
      }
    }
  }

  /** {@code and}: all of them, asked in order up to the first that says no. */
  record And(List<Policy> policies) implements Rule {

    public And {
      policies = List.copyOf(policies);
    }
  }

  /** {@code not}. */
  record Not(Policy policy) implements Rule {}

  /** {@code drop}: if all of them sample the trace it is dropped, whatever other policies say. */
  record Drop(List<Policy> policies) implements Rule {

    public Drop {
      policies = List.copyOf(policies);
    }
  }

  /** {@code composite}: the first of them that samples the trace takes it out of its own budget. */
  record Composite(long maxTotalSpansPerSecond, List<Allotted> policies) implements Rule {

    public Composite {
      policies = List.copyOf(policies);
    }
  }

  /**
   * A rule of {@code adaptive_tail_sampling}: the first that matches a trace decides.
   *
   * @param conditions of OTTL's span context; none for every trace
   * @param sameSpan whether one span must meet them all
   */
  record Adaptive(List<String> conditions, boolean sameSpan, AdaptiveSampler sampler)
      implements Rule {

    public Adaptive {
      conditions = List.copyOf(conditions);
    }
  }

  /** A policy of a composite and the spans per second it may sample. */
  record Allotted(Policy policy, long spansPerSecond) {}
}
