package io.millrace.traces.policy;

import io.millrace.condition.TextMatcher;
import io.millrace.condition.Value;
import io.millrace.daemon.InvalidConfig;
import java.util.List;

/** What rules ask of single spans. */
final class PropertyCompiler {

  private static final int DEFAULT_REMEMBERED = 128;
  private static final int MAX_TRACE_STATE_MEMBER = 256;
  private static final int SAMPLED_FLAG = 1;
  private static final long MILLI = 1_000_000L;

  private final ObservedSpan observed;

  PropertyCompiler(ObservedSpan observed) {
    this.observed = observed;
  }

  static boolean isInverted(Rule rule) {
    return (rule instanceof Rule.NumericAttribute numeric && numeric.invertMatch())
        || (rule instanceof Rule.StringAttribute string && string.invertMatch())
        || (rule instanceof Rule.BooleanAttribute bool && bool.invertMatch());
  }

  /** The rule, not inverted. */
  static Rule upright(Rule rule) {
    if (rule instanceof Rule.NumericAttribute r) {
      return new Rule.NumericAttribute(r.key(), r.minValue(), r.maxValue(), false);
    }
    if (rule instanceof Rule.StringAttribute r) {
      return new Rule.StringAttribute(
          r.key(), r.values(), r.enabledRegexMatching(), r.cacheMaxSize(), false);
    }
    if (rule instanceof Rule.BooleanAttribute r) {
      return new Rule.BooleanAttribute(r.key(), r.value(), false);
    }
    return rule;
  }

  SpanCondition.Property property(Rule rule, String path) {
    if (rule instanceof Rule.StatusCode statusCode) {
      return statusCode(statusCode);
    }
    if (rule instanceof Rule.Latency latency) {
      return latency(latency);
    }
    if (rule instanceof Rule.TraceFlags) {
      return span -> (span.span().flags() & SAMPLED_FLAG) != 0;
    }
    if (rule instanceof Rule.TraceState traceState) {
      return traceState(traceState);
    }
    if (rule instanceof Rule.NumericAttribute numeric) {
      return numericAttribute(numeric);
    }
    if (rule instanceof Rule.BooleanAttribute bool) {
      return booleanAttribute(bool);
    }
    if (rule instanceof Rule.StringAttribute string) {
      return stringAttribute(string, path);
    }
    throw new IllegalArgumentException(rule.toString());
  }

  /** The numbers of OTLP: UNSET is 0, OK is 1, ERROR is 2. */
  private static SpanCondition.Property statusCode(Rule.StatusCode rule) {
    List<String> codes = List.of("UNSET", "OK", "ERROR");
    int mask = 0;
    for (String code : rule.statusCodes()) {
      mask |= 1 << codes.indexOf(code);
    }
    int wanted = mask;
    return span -> {
      int code = span.span().statusCode();
      return code >= 0 && code < codes.size() && (wanted & 1 << code) != 0;
    };
  }

  /** Asked after each span: with an upper threshold, a trace may be within it only for a while. */
  private static SpanCondition.Property latency(Rule.Latency rule) {
    long threshold = rule.thresholdMs();
    long upper = rule.upperThresholdMs();
    return span -> {
      long millis = saturatedDifference(span.latestEnd(), span.earliestStart()) / MILLI;
      return upper == 0 ? millis >= threshold : millis > threshold && millis <= upper;
    };
  }

  private static long saturatedDifference(long a, long b) {
    long difference = a - b;
    boolean overflow = ((a ^ b) & (a ^ difference)) < 0;
    return overflow ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : difference;
  }

  /** Key and value of a tracestate member are at most 256 characters long together. */
  private static SpanCondition.Property traceState(Rule.TraceState rule) {
    List<String> values =
        rule.values().stream()
            .filter(value -> !value.isEmpty())
            .filter(value -> rule.key().length() + value.length() < MAX_TRACE_STATE_MEMBER)
            .toList();
    return observed -> {
      SpanCursor span = observed.span();
      if (span.traceStateFrom() == span.traceStateTo()) {
        return false;
      }
      String value =
          TraceStateText.get(span.bytes(), span.traceStateFrom(), span.traceStateTo(), rule.key());
      return value != null && values.contains(value);
    };
  }

  /** An attribute of any other type counts as 0, as in the Collector. */
  private SpanCondition.Property numericAttribute(Rule.NumericAttribute rule) {
    long least = rule.minValue() == 0 ? Long.MIN_VALUE : rule.minValue();
    long most = rule.maxValue() == 0 ? Long.MAX_VALUE : rule.maxValue();
    AttributeMatch.Matcher matcher =
        value -> {
          long number = value.kind() == Value.Kind.INT ? value.bits() : 0;
          return number >= least && number <= most;
        };
    return new AttributeMatch(observed, rule.key(), matcher, matcher);
  }

  /** An attribute of any other type counts as false, as in the Collector. */
  private SpanCondition.Property booleanAttribute(Rule.BooleanAttribute rule) {
    boolean wanted = rule.value();
    AttributeMatch.Matcher matcher =
        value -> (value.kind() == Value.Kind.BOOL && value.bool()) == wanted;
    return new AttributeMatch(observed, rule.key(), matcher, matcher);
  }

  /** A resource's attribute of any other type counts as the empty text; a span's never matches. */
  private SpanCondition.Property stringAttribute(Rule.StringAttribute rule, String path) {
    if (!rule.enabledRegexMatching()) {
      TextSet texts =
          new TextSet(rule.values().stream().filter(value -> !value.isEmpty()).toList());
      AttributeMatch.Matcher matcher =
          value ->
              value.kind() == Value.Kind.STRING
                  && texts.contains(value.bytes(), value.from(), value.to());
      return new AttributeMatch(observed, rule.key(), matcher, matcher);
    }
    TextMatcher texts = matcher(rule, path);
    boolean emptyMatches = texts.find(new byte[0], 0, 0);
    return new AttributeMatch(
        observed,
        rule.key(),
        value -> isText(value) ? texts.find(value.bytes(), value.from(), value.to()) : emptyMatches,
        value -> isText(value) && texts.find(value.bytes(), value.from(), value.to()));
  }

  private static boolean isText(Value value) {
    return value.kind() == Value.Kind.STRING && value.from() < value.to();
  }

  private static TextMatcher matcher(Rule.StringAttribute rule, String path) {
    int remembered = rule.cacheMaxSize() > 0 ? rule.cacheMaxSize() : DEFAULT_REMEMBERED;
    for (int i = 0; i < rule.values().size(); i++) {
      String expression = rule.values().get(i);
      try {
        TextMatcher.of(List.of(expression), 1);
      } catch (IllegalArgumentException e) {
        throw new InvalidConfig(
            path + ".string_attribute.values[" + i + "]",
            String.valueOf(e.getMessage()),
            "a regular expression of RE2");
      }
    }
    return TextMatcher.of(rule.values(), remembered);
  }
}
