package io.millrace.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpanRequestTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void shouldHoldJustTheSpansAskedFor(long seed) throws Exception {
    // Given
    Random random = new Random(seed);
    OtlpGenerator generator = new OtlpGenerator(seed);
    ExportTraceServiceRequest whole = generator.traces(3);
    while (spans(whole).isEmpty()) {
      whole = generator.traces(3);
    }
    SpanRequest request = SpanRequest.of(whole.toByteArray());
    assertThat(request.spans()).isEqualTo(spans(whole).size());
    // When
    int[] chosen =
        random
            .ints(0, request.spans())
            .limit(request.spans() / 2 + 1)
            .distinct()
            .sorted()
            .toArray();
    ExportTraceServiceRequest some =
        ExportTraceServiceRequest.parseFrom(request.only(chosen, chosen.length));
    // Then
    List<Integer> kept = new ArrayList<>();
    for (int span : chosen) {
      kept.add(span);
    }
    assertThat(some).isEqualTo(oracle(whole, kept));
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
  void shouldPutFieldsBehindThoseOfSpans(long seed) throws Exception {
    // Given
    Random random = new Random(seed);
    OtlpGenerator generator = new OtlpGenerator(seed);
    ExportTraceServiceRequest whole = generator.traces(3);
    while (spans(whole).isEmpty()) {
      whole = generator.traces(3);
    }
    SpanRequest request = SpanRequest.of(whole.toByteArray());
    int[] chosen =
        random.ints(0, request.spans()).limit(request.spans()).distinct().sorted().toArray();
    // When some get a tracestate, of one byte up to more than a length of one byte can say
    byte[][] suffixes = new byte[chosen.length][];
    Map<Integer, String> states = new HashMap<>();
    for (int i = 0; i < chosen.length; i++) {
      if (random.nextBoolean()) {
        String state = "s".repeat(1 + random.nextInt(300));
        states.put(chosen[i], state);
        suffixes[i] = Span.newBuilder().setTraceState(state).build().toByteArray();
      }
    }
    ExportTraceServiceRequest some =
        ExportTraceServiceRequest.parseFrom(request.only(chosen, chosen.length, suffixes));
    // Then
    List<Integer> kept = Arrays.stream(chosen).boxed().toList();
    assertThat(some).isEqualTo(oracle(withStates(whole, states), kept));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void shouldReadTraceIds(long seed) throws Exception {
    byte[] bytes = new OtlpGenerator(seed).request(Signal.TRACES).toByteArray();
    SpanRequest request = SpanRequest.of(bytes);
    int number = 0;
    for (Span span : spans(ExportTraceServiceRequest.parseFrom(bytes))) {
      boolean valid = request.readTraceId(number++);
      assertThat(valid).isEqualTo(span.getTraceId().size() == 16);
      if (valid) {
        ByteBuffer id = span.getTraceId().asReadOnlyByteBuffer();
        assertThat(request.idHigh()).isEqualTo(id.getLong());
        assertThat(request.idLow()).isEqualTo(id.getLong());
      }
    }
  }

  private static List<Span> spans(ExportTraceServiceRequest request) {
    return request.getResourceSpansList().stream()
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  private static ExportTraceServiceRequest withStates(
      ExportTraceServiceRequest whole, Map<Integer, String> states) {
    ExportTraceServiceRequest.Builder result = whole.toBuilder();
    int number = 0;
    for (ResourceSpans.Builder resource : result.getResourceSpansBuilderList()) {
      for (ScopeSpans.Builder scope : resource.getScopeSpansBuilderList()) {
        for (Span.Builder span : scope.getSpansBuilderList()) {
          String state = states.get(number++);
          if (state != null) {
            span.setTraceState(state);
          }
        }
      }
    }
    return result.build();
  }

  /** The same selection on objects. */
  private static ExportTraceServiceRequest oracle(
      ExportTraceServiceRequest whole, List<Integer> kept) {
    ExportTraceServiceRequest.Builder result = whole.toBuilder().clearResourceSpans();
    int number = 0;
    for (ResourceSpans resource : whole.getResourceSpansList()) {
      ResourceSpans.Builder resourceCopy = resource.toBuilder().clearScopeSpans();
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        ScopeSpans.Builder scopeCopy = scope.toBuilder().clearSpans();
        for (Span span : scope.getSpansList()) {
          if (kept.contains(number++)) {
            scopeCopy.addSpans(span);
          }
        }
        if (scopeCopy.getSpansCount() > 0) {
          resourceCopy.addScopeSpans(scopeCopy);
        }
      }
      if (resourceCopy.getScopeSpansCount() > 0) {
        result.addResourceSpans(resourceCopy);
      }
    }
    return result.build();
  }
}
