package io.millrace.traces;

/**
 * What is written on kept spans.
 *
 * @param threshold the sampling threshold, {@code ot=th} in the tracestate; default true
 * @param policy the name of the deciding policy, as an attribute; default false
 */
public record AnnotateConfig(boolean threshold, boolean policy) {

  public static final AnnotateConfig DEFAULT = new AnnotateConfig(true, false);
}
