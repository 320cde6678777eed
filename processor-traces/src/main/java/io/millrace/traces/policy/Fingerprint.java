package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.traces.policy.AdaptiveSampler.Scope;
import io.millrace.traces.policy.AdaptiveSampler.Selector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What kind of trace a trace is: the values that its spans have for some attributes, whatever their
 * order and however often. Two words of the summary for each selector, the smallest and the largest
 * hash of a value; of three and more different values the others make no difference.
 */
final class Fingerprint implements SpanCondition {

  static final int WORDS_PER_SELECTOR = 2;

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final int word;
  private final Scope[] scopes;
  private final int[] ofResource;
  private final int[] ofScope;
  private final int[] ofSpan;

  /**
   * @param word of a summary, where this one's begin
   */
  Fingerprint(List<Selector> selectors, ObservedSpan observed, int word) {
    this.word = word;
    this.scopes = selectors.stream().map(Selector::scope).toArray(Scope[]::new);
    this.ofResource = slots(selectors, observed.ofResource());
    this.ofScope = slots(selectors, observed.ofScope());
    this.ofSpan = slots(selectors, observed.attributes());
  }

  private static int[] slots(List<Selector> selectors, Attributes attributes) {
    return selectors.stream().mapToInt(selector -> attributes.slot(selector.key())).toArray();
  }

  @Override
  public void observe(ObservedSpan span, long[] summary, int at) throws MalformedOtlp {
    for (int i = 0; i < scopes.length; i++) {
      int to = at + word + i * WORDS_PER_SELECTOR;
      Scope scope = scopes[i];
      if (scope == Scope.RESOURCE || scope == Scope.ANY) {
        add(span.ofResource().get(ofResource[i]), summary, to);
      }
      if (scope == Scope.SCOPE || scope == Scope.ANY) {
        add(span.ofScope().get(ofScope[i]), summary, to);
      }
      boolean isOfSpan = scope == Scope.SPAN || scope == Scope.ANY;
      if (isOfSpan || (scope == Scope.ROOT && span.isRoot())) {
        add(span.attributes().get(ofSpan[i]), summary, to);
      }
    }
  }

  private static void add(@Nullable Value value, long[] summary, int to) {
    if (value == null || value.kind() == Value.Kind.NIL) {
      return;
    }
    long hash = hash(value) | 1; // 0 is for none
    if (summary[to] == 0 || Long.compareUnsigned(hash, summary[to]) < 0) {
      summary[to] = hash;
    }
    if (Long.compareUnsigned(hash, summary[to + 1]) > 0) {
      summary[to + 1] = hash;
    }
  }

  /** A number and the text of it are the same. */
  private static long hash(Value value) {
    return switch (value.kind()) {
      case INT -> hash(Long.toString(value.bits()).getBytes(UTF_8));
      case BOOL -> hash(Boolean.toString(value.bool()).getBytes(UTF_8));
      case STRING, BYTES, MAP, LIST, TRACE_ID, SPAN_ID ->
          hash(value.bytes(), value.from(), value.to());
      case NIL, DOUBLE, MESSAGES, TIME, DURATION -> (FNV_OFFSET ^ value.bits()) * FNV_PRIME;
    };
  }

  private static long hash(byte[] text) {
    return hash(text, 0, text.length);
  }

  private static long hash(byte[] bytes, int from, int to) {
    long hash = FNV_OFFSET;
    for (int i = from; i < to; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** The same number for the same kind. */
  long key(long[] summary, int at) {
    long key = FNV_OFFSET;
    for (int i = 0; i < scopes.length * WORDS_PER_SELECTOR; i++) {
      long mixed = (key ^ summary[at + word + i]) * FNV_PRIME;
      key = mixed ^ (mixed >>> 32);
    }
    return key;
  }
}
