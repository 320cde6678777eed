package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Pattern;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The Collector's tail sampling, written down as it is documented: it keeps every span and asks
 * every policy for the whole trace.
 */
final class ObjectOracle {

  /** Conditions of the language with what they mean. */
  static final Map<String, Predicate<Span>> CONDITIONS =
      Map.of(
          "name == \"acme\"", span -> span.getName().equals("acme"),
          "status.code == STATUS_CODE_ERROR and kind != SPAN_KIND_CLIENT",
              span -> span.getStatus().getCodeValue() == 2 && span.getKindValue() != 3,
          "attributes[\"number\"] > 50 or attributes[\"other\"] == true",
              span -> {
                AnyValue number = attribute(span.getAttributesList(), "number");
                AnyValue other = attribute(span.getAttributesList(), "other");
                return (number.hasIntValue() && number.getIntValue() > 50)
                    || (number.hasDoubleValue() && number.getDoubleValue() > 50)
                    || (other.hasBoolValue() && other.getBoolValue());
              },
          "not IsMatch(name, \"^a\") and end_time - start_time >= Duration(\"500ms\")",
              span ->
                  !span.getName().startsWith("a")
                      && span.getEndTimeUnixNano() - span.getStartTimeUnixNano() >= 500_000_000L);

  private enum Vote {
    YES,
    NO,
    DROP
  }

  private final TailSamplingConfig config;
  private final Map<String, List<ResourceSpans>> traces = new TreeMap<>();
  private final Map<Object, double[]> budgets = new IdentityHashMap<>();

  ObjectOracle(TailSamplingConfig config) {
    this.config = config;
  }

  /**
   * Spans of a trace in one ResourceSpans stay together under a copy of it, without schema URLs.
   */
  void observe(ExportTraceServiceRequest request) {
    for (ResourceSpans resourceSpans : request.getResourceSpansList()) {
      Map<String, ResourceSpans.Builder> parts = new TreeMap<>();
      for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
        Map<String, ScopeSpans.Builder> scopes = new TreeMap<>();
        for (Span span : scopeSpans.getSpansList()) {
          scopes.computeIfAbsent(id(span), id -> copy(scopeSpans)).addSpans(span);
        }
        scopes.forEach(
            (id, scope) ->
                parts.computeIfAbsent(id, key -> copy(resourceSpans)).addScopeSpans(scope));
      }
      parts.forEach(
          (id, part) -> traces.computeIfAbsent(id, key -> new ArrayList<>()).add(part.build()));
    }
  }

  private static ScopeSpans.Builder copy(ScopeSpans from) {
    ScopeSpans.Builder copy = ScopeSpans.newBuilder();
    return from.hasScope() ? copy.setScope(from.getScope()) : copy;
  }

  private static ResourceSpans.Builder copy(ResourceSpans from) {
    ResourceSpans.Builder copy = ResourceSpans.newBuilder();
    return from.hasResource() ? copy.setResource(from.getResource()) : copy;
  }

  private static String id(Span span) {
    return HexFormat.of().formatHex(span.getTraceId().toByteArray());
  }

  Map<String, Boolean> decideAll(long nanos) {
    Map<String, Boolean> decisions = new TreeMap<>();
    traces.keySet().forEach(id -> decisions.put(id, decide(id, nanos)));
    return decisions;
  }

  private boolean decide(String id, long nanos) {
    if (config.maximumTraceSizeBytes() > 0 && size(id) > config.maximumTraceSizeBytes()) {
      return false;
    }
    List<Policy> ordered = new ArrayList<>();
    config.policies().stream().filter(ObjectOracle::isDrop).forEach(ordered::add);
    config.policies().stream().filter(policy -> !isDrop(policy)).forEach(ordered::add);
    boolean sampled = ordered.isEmpty();
    for (Policy policy : ordered) {
      switch (vote(policy.rule(), id, nanos)) {
        case DROP -> {
          return false;
        }
        case YES -> {
          sampled = true;
          if (config.sampleOnFirstMatch()) {
            return true;
          }
        }
        case NO -> {}
      }
    }
    return sampled;
  }

  private static boolean isDrop(Policy policy) {
    return policy.rule() instanceof Rule.Drop;
  }

  private int size(String id) {
    var message = ExportTraceServiceRequest.newBuilder().addAllResourceSpans(traces.get(id));
    return message.build().getSerializedSize();
  }

  private List<Span> spans(String id) {
    return traces.get(id).stream()
        .flatMap(part -> part.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  private Vote vote(Rule rule, String id, long nanos) {
    if (rule instanceof Rule.Drop drop) {
      return all(drop.policies(), id, nanos) ? Vote.DROP : Vote.NO;
    }
    return isSampled(rule, id, nanos) ? Vote.YES : Vote.NO;
  }

  private boolean all(List<Policy> policies, String id, long nanos) {
    return policies.stream().allMatch(policy -> isSampled(policy.rule(), id, nanos));
  }

  private boolean isSampled(Rule rule, String id, long nanos) {
    if (rule instanceof Rule.And and) {
      return all(and.policies(), id, nanos);
    }
    if (rule instanceof Rule.Not not) {
      return !isSampled(not.policy().rule(), id, nanos);
    }
    if (rule instanceof Rule.RateLimiting r) {
      return take(rule, r.spansPerSecond(), r.burstCapacity(), spans(id).size(), nanos);
    }
    if (rule instanceof Rule.BytesLimiting r) {
      return take(rule, r.bytesPerSecond(), r.burstCapacity(), size(id), nanos);
    }
    if (rule instanceof Rule.Composite composite) {
      return composite(composite, id, nanos);
    }
    if (rule instanceof Rule.Probabilistic r) {
      return hash(r.hashSalt(), id).doubleValue() <= 0x1p64 * r.samplingPercentage() / 100;
    }
    if (rule instanceof Rule.SpanCount r) {
      int count = spans(id).size();
      return count >= r.minSpans() && (r.maxSpans() == 0 || count <= r.maxSpans());
    }
    return rule instanceof Rule.AlwaysSample || ofSpans(rule, id);
  }

  private boolean take(Rule rule, long rate, long burst, long count, long nanos) {
    double capacity = burst > 0 ? burst : 2 * rate;
    double[] bucket = budgets.computeIfAbsent(rule, key -> new double[] {capacity, nanos});
    double filled = Math.min(capacity, bucket[0] + (nanos - bucket[1]) / 1e9 * rate);
    if (filled < count) {
      return false;
    }
    bucket[0] = filled - count;
    bucket[1] = nanos;
    return true;
  }

  private boolean composite(Rule.Composite rule, String id, long nanos) {
    double[] taken = budgets.computeIfAbsent(rule, key -> new double[rule.policies().size() + 1]);
    long second = nanos / 1_000_000_000;
    if (taken[0] != second) {
      Arrays.fill(taken, 0);
      taken[0] = second;
    }
    for (int i = 0; i < rule.policies().size(); i++) {
      Rule.Allotted allotted = rule.policies().get(i);
      if (isSampled(allotted.policy().rule(), id, nanos)) {
        double after = taken[i + 1] + spans(id).size();
        if (after > allotted.spansPerSecond() || after > rule.maxTotalSpansPerSecond()) {
          return false;
        }
        taken[i + 1] = after;
        return true;
      }
    }
    return false;
  }

  private static BigInteger hash(String salt, String id) {
    BigInteger hash = new BigInteger("cbf29ce484222325", 16);
    var bytes = new ByteArrayOutputStream();
    String used = salt.isEmpty() ? "default-hash-seed" : salt;
    bytes.writeBytes(used.getBytes(UTF_8));
    bytes.writeBytes(HexFormat.of().parseHex(id));
    for (byte b : bytes.toByteArray()) {
      hash = hash.xor(BigInteger.valueOf(b & 0xff)).multiply(BigInteger.valueOf(0x100000001b3L));
      hash = hash.mod(BigInteger.ONE.shiftLeft(64));
    }
    return hash;
  }

  private boolean ofSpans(Rule rule, String id) {
    if (rule instanceof Rule.Latency latency) {
      return latency(latency, spans(id));
    }
    if (rule instanceof Rule.StatusCode r) {
      List<String> names = List.of("UNSET", "OK", "ERROR", "");
      return any(id, span -> r.statusCodes().contains(names.get(span.getStatus().getCodeValue())));
    }
    if (rule instanceof Rule.TraceFlags) {
      return any(id, span -> (span.getFlags() & 1) == 1);
    }
    if (rule instanceof Rule.TraceState r) {
      return any(id, span -> r.values().contains(member(span.getTraceState(), r.key())));
    }
    if (rule instanceof Rule.OttlCondition r) {
      return any(id, span -> r.span().stream().anyMatch(c -> CONDITIONS.get(c).test(span)));
    }
    return ofAttributes(rule, id);
  }

  private boolean any(String id, Predicate<Span> predicate) {
    return spans(id).stream().anyMatch(predicate);
  }

  private static String member(String traceState, String key) {
    return switch (traceState) {
      case "k=v", "k=v " -> key.equals("k") ? "v" : "";
      case "k=w,ot=th:8" -> key.equals("k") ? "w" : key.equals("ot") ? "th:8" : "";
      default -> "";
    };
  }

  private static boolean latency(Rule.Latency rule, List<Span> spans) {
    long earliest = 0;
    long latest = 0;
    for (Span span : spans) {
      long start = span.getStartTimeUnixNano();
      long end = span.getEndTimeUnixNano();
      earliest = earliest == 0 || Long.compareUnsigned(start, earliest) < 0 ? start : earliest;
      latest = latest == 0 || Long.compareUnsigned(end, latest) > 0 ? end : latest;
      long millis = (latest - earliest) / 1_000_000;
      boolean within =
          rule.upperThresholdMs() == 0
              ? millis >= rule.thresholdMs()
              : millis > rule.thresholdMs() && millis <= rule.upperThresholdMs();
      if (within) {
        return true;
      }
    }
    return false;
  }

  private boolean ofAttributes(Rule rule, String id) {
    if (rule instanceof Rule.NumericAttribute r) {
      Predicate<AnyValue> matches =
          value ->
              (r.minValue() == 0 || value.getIntValue() >= r.minValue())
                  && (r.maxValue() == 0 || value.getIntValue() <= r.maxValue());
      return r.invertMatch() != attribute(id, r.key(), matches, matches);
    }
    if (rule instanceof Rule.BooleanAttribute r) {
      Predicate<AnyValue> matches = value -> value.getBoolValue() == r.value();
      return r.invertMatch() != attribute(id, r.key(), matches, matches);
    }
    Rule.StringAttribute r = (Rule.StringAttribute) rule;
    Predicate<AnyValue> matches = value -> matches(r, value.getStringValue());
    Predicate<AnyValue> isText = value -> !value.getStringValue().isEmpty();
    return r.invertMatch() != attribute(id, r.key(), matches, isText.and(matches));
  }

  private static boolean matches(Rule.StringAttribute rule, String text) {
    return rule.values().stream()
        .anyMatch(
            value ->
                rule.enabledRegexMatching()
                    ? Pattern.compile(value).matcher(text).find()
                    : !value.isEmpty() && value.equals(text));
  }

  private boolean attribute(
      String id, String key, Predicate<AnyValue> ofResource, Predicate<AnyValue> ofSpan) {
    for (ResourceSpans part : traces.get(id)) {
      AnyValue value = attribute(part.getResource().getAttributesList(), key);
      if (value != ABSENT && ofResource.test(value)) {
        return true;
      }
    }
    return any(
        id,
        span -> {
          AnyValue value = attribute(span.getAttributesList(), key);
          return value != ABSENT && ofSpan.test(value);
        });
  }

  private static final AnyValue ABSENT = AnyValue.newBuilder().setStringValue("absent").build();

  private static AnyValue attribute(List<KeyValue> attributes, String key) {
    return attributes.stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(KeyValue::getValue)
        .findFirst()
        .orElse(ABSENT);
  }
}
