package io.millrace.traces;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.SpanRequest;
import io.millrace.otlp.WireWriter;
import io.millrace.traces.policy.OtelTraceState;
import io.millrace.traces.policy.Policy;
import io.millrace.traces.policy.PolicySet;
import io.millrace.traces.policy.Rule;
import io.millrace.traces.policy.SamplingThreshold;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is put behind the fields of a kept span: its tracestate with the sampling threshold, and the
 * name of the policy that decided. What it takes to know that is kept as a note with the verdict,
 * so that late spans get the same. Loop thread only.
 *
 * <p>A note has three parts: the id of the policy, the id of the policy whose hash the threshold
 * was held against, and the upper 32 bits of the threshold.
 */
final class SpanAnnotations {

  static final int NO_ID = -1;

  // The Collector's names for it.
  private static final String POLICY_ATTRIBUTE = "tailsampling.policy";
  private static final String RULE_ATTRIBUTE = "otelcol.processor.adaptive_tail_sampling.rule";

  private static final int THRESHOLD_BITS = 32;
  private static final int THRESHOLD_SHIFT = 56 - THRESHOLD_BITS;
  private static final long UNKNOWN = (1L << THRESHOLD_BITS) - 1;
  private static final int ID_BITS = (PartitionDecider.NOTE_BITS - THRESHOLD_BITS) / 2;
  private static final int MAX_ID = (1 << ID_BITS) - 2;

  private static final int TRACE_STATE = 3;
  private static final int ATTRIBUTE = 9;

  private final AnnotateConfig config;
  private final SamplingMeters meters;
  private final Map<Policy, Integer> ids = new LinkedHashMap<>();
  private final List<byte[]> attributes = new ArrayList<>();
  private final List<@Nullable LongBinaryOperator> hashes = new ArrayList<>();

  // The fields made last, for spans that came without a tracestate.
  private long lastHigh;
  private long lastLow;
  private long lastDecided;
  private byte @Nullable [] last;

  SpanAnnotations(AnnotateConfig config, SamplingMeters meters) {
    this.config = config;
    this.meters = meters;
  }

  /**
   * Makes policies known.
   *
   * @return the id of each, for notes
   */
  int[] register(List<Policy> policies, PolicySet compiled) {
    int[] result = new int[policies.size()];
    for (int i = 0; i < result.length; i++) {
      Policy policy = policies.get(i);
      Integer id = ids.get(policy);
      if (id == null && attributes.size() < MAX_ID) {
        id = attributes.size();
        ids.put(policy, id);
        attributes.add(attribute(policy));
        hashes.add(compiled.randomness(i));
      }
      result[i] = id == null ? NO_ID : id;
    }
    return result;
  }

  /**
   * @param policy that decided
   * @param byHash whose hash the threshold was held against, {@link #NO_ID} for the randomness that
   *     the trace itself has
   */
  static long note(int policy, int byHash, long threshold) {
    long upper = threshold == SamplingThreshold.UNKNOWN ? UNKNOWN : threshold >>> THRESHOLD_SHIFT;
    return ((policy + 1L) << ID_BITS | (byHash + 1L)) << THRESHOLD_BITS | upper;
  }

  private static int policy(long note) {
    return (int) (note >>> (THRESHOLD_BITS + ID_BITS)) - 1;
  }

  private static int byHash(long note) {
    return (int) (note >>> THRESHOLD_BITS & ((1 << ID_BITS) - 1)) - 1;
  }

  private static long threshold(long note) {
    long upper = note & UNKNOWN;
    return upper == UNKNOWN ? SamplingThreshold.UNKNOWN : upper << THRESHOLD_SHIFT;
  }

  /**
   * The fields for the span the request has read last; null for none.
   *
   * @param decided of its trace
   */
  byte @Nullable [] fields(SpanRequest request, long decided) {
    if (PartitionDecider.verdict(decided) != PartitionDecider.SAMPLED) {
      return null;
    }
    if (request.traceStateFrom() != request.traceStateTo()) {
      return make(request, decided);
    }
    boolean isAsLast =
        request.idHigh() == lastHigh && request.idLow() == lastLow && decided == lastDecided;
    if (!isAsLast || !isKnown(PartitionDecider.note(decided))) {
      last = make(request, decided);
      lastHigh = request.idHigh();
      lastLow = request.idLow();
      lastDecided = decided;
    }
    return last;
  }

  /** Otherwise each span is counted. */
  private static boolean isKnown(long note) {
    return threshold(note) != SamplingThreshold.UNKNOWN;
  }

  private byte @Nullable [] make(SpanRequest request, long decided) {
    long note = PartitionDecider.note(decided);
    WireWriter fields = new WireWriter(64);
    if (config.threshold()) {
      writeTraceState(request, note, fields);
    }
    if (config.policy() && policy(note) != NO_ID) {
      fields.bytesField(ATTRIBUTE, attributes.get(policy(note)));
    }
    return fields.isEmpty() ? null : fields.toByteArray();
  }

  private void writeTraceState(SpanRequest request, long note, WireWriter fields) {
    OtelTraceState before =
        OtelTraceState.read(request.bytes(), request.traceStateFrom(), request.traceStateTo());
    int hash = byHash(note);
    LongBinaryOperator byHash = hash == NO_ID ? null : hashes.get(hash);
    OtelTraceState after =
        byHash == null
            ? ThresholdRule.byTrace(before, request.idLow(), threshold(note))
            : ThresholdRule.byHash(
                before,
                request.idLow(),
                threshold(note),
                byHash.applyAsLong(request.idHigh(), request.idLow()));
    if (after.threshold() == OtelTraceState.NONE) {
      meters.withoutThreshold();
    }
    if (!after.equals(before)) {
      fields.bytesField(TRACE_STATE, text(before, after).getBytes(ISO_8859_1));
    }
  }

  /** Without a threshold, if that makes it too long: the one it came with may be too low. */
  private String text(OtelTraceState before, OtelTraceState after) {
    return after
        .with(after.threshold(), after.randomness())
        .orElseGet(
            () -> {
              meters.withoutThreshold();
              return before.with(OtelTraceState.NONE, before.randomness()).orElse("");
            });
  }

  /** KeyValue: key 1, value 2; AnyValue: text 1. */
  private static byte[] attribute(Policy policy) {
    String key = policy.rule() instanceof Rule.Adaptive ? RULE_ATTRIBUTE : POLICY_ATTRIBUTE;
    WireWriter value = new WireWriter(64);
    value.bytesField(1, policy.name().getBytes(UTF_8));
    WireWriter attribute = new WireWriter(64);
    attribute.bytesField(1, key.getBytes(UTF_8));
    attribute.bytesField(2, value.toByteArray());
    return attribute.toByteArray();
  }
}
