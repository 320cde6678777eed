package io.millrace.traces.policy;

import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import org.jspecify.annotations.Nullable;

/**
 * An attribute of the resource or of the span has a value that matches. The resource's is looked at
 * once for all its spans.
 */
final class AttributeMatch implements SpanCondition.Property {

  /** Whether a value matches. */
  @FunctionalInterface
  interface Matcher {

    boolean matches(Value value);
  }

  private final int resourceSlot;
  private final int spanSlot;
  private final Matcher ofResource;
  private final Matcher ofSpan;
  private int resource;
  private boolean resourceMatches;

  /** The Collector does not treat values of the two quite alike. */
  AttributeMatch(ObservedSpan observed, String key, Matcher ofResource, Matcher ofSpan) {
    this.resourceSlot = observed.ofResource().slot(key);
    this.spanSlot = observed.attributes().slot(key);
    this.ofResource = ofResource;
    this.ofSpan = ofSpan;
  }

  @Override
  public boolean of(ObservedSpan span) throws MalformedOtlp {
    int ordinal = span.span().resourceOrdinal();
    if (resource != ordinal) {
      resourceMatches = matches(span.ofResource().get(resourceSlot), ofResource);
      resource = ordinal;
    }
    return resourceMatches || matches(span.attributes().get(spanSlot), ofSpan);
  }

  private static boolean matches(@Nullable Value value, Matcher matcher) {
    return value != null && matcher.matches(value);
  }
}
