package io.millrace.traces.policy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests whose spans belong to a few traces, with values that policies stumble over. */
final class RandomTraces {

  static final List<String> KEYS = List.of("text", "number", "flag", "other");
  static final List<String> TEXTS = List.of("", "a", "acme", "acme corp", "Ünïcode", "b");
  static final List<String> TRACE_STATES =
      List.of("", "k=v", "k=w,ot=th:8", "k=v,k=v", "BAD", "k=v ");
  private static final long BASE = 1_700_000_000_000_000_000L;

  private final Random random;
  private final List<ByteString> traceIds = new ArrayList<>();

  RandomTraces(Random random, int traces) {
    this.random = random;
    for (int i = 0; i < traces; i++) {
      traceIds.add(bytes(16));
    }
  }

  private ByteString bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  ExportTraceServiceRequest request() {
    var request = ExportTraceServiceRequest.newBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      request.addResourceSpans(resourceSpans());
    }
    return request.build();
  }

  private ResourceSpans resourceSpans() {
    ResourceSpans.Builder resourceSpans = ResourceSpans.newBuilder();
    if (random.nextInt(5) > 0) {
      resourceSpans.setResource(Resource.newBuilder().addAllAttributes(attributes()));
    }
    if (random.nextInt(3) == 0) {
      resourceSpans.setSchemaUrl("https://opentelemetry.io/schemas/1.27.0");
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      resourceSpans.addScopeSpans(scopeSpans());
    }
    return resourceSpans.build();
  }

  private ScopeSpans scopeSpans() {
    ScopeSpans.Builder scopeSpans = ScopeSpans.newBuilder();
    if (random.nextBoolean()) {
      scopeSpans.setScope(InstrumentationScope.newBuilder().setName(pick(TEXTS)));
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      scopeSpans.addSpans(span());
    }
    return scopeSpans.build();
  }

  private Span span() {
    long start = random.nextInt(20) == 0 ? 0 : BASE + random.nextInt(1000) * 1_000_000L;
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(pick(traceIds))
            .setSpanId(bytes(8))
            .setName(pick(TEXTS))
            .setKindValue(random.nextInt(7))
            .setStartTimeUnixNano(start)
            .setEndTimeUnixNano(start + random.nextInt(600) * 1_000_000L - 5)
            .setTraceState(pick(TRACE_STATES))
            .setFlags(random.nextInt(6) == 0 ? 0x301 : 0x300)
            .addAllAttributes(attributes());
    if (random.nextInt(3) == 0) {
      span.setStatus(Status.newBuilder().setCodeValue(random.nextInt(4)).setMessage("m"));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      span.addEvents(Span.Event.newBuilder().setName(pick(TEXTS)).addAllAttributes(attributes()));
    }
    return span.build();
  }

  private List<KeyValue> attributes() {
    List<KeyValue> attributes = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      attributes.add(KeyValue.newBuilder().setKey(pick(KEYS)).setValue(value()).build());
    }
    return attributes;
  }

  private AnyValue value() {
    AnyValue.Builder value = AnyValue.newBuilder();
    return switch (random.nextInt(7)) {
      case 0, 1 -> value.setStringValue(pick(TEXTS)).build();
      case 2 -> value.setIntValue(random.nextInt(120) - 10).build();
      case 3 -> value.setBoolValue(random.nextBoolean()).build();
      case 4 -> value.setDoubleValue(random.nextInt(100) / 2.0).build();
      case 5 ->
          value
              .setArrayValue(ArrayValue.newBuilder().addValues(AnyValue.getDefaultInstance()))
              .build();
      default -> value.build();
    };
  }
}
