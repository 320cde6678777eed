package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.otlp.SpanRequest;
import io.millrace.traces.policy.OtelTraceState;
import io.millrace.traces.policy.SpanCursor;
import io.millrace.traces.policy.TailSamplingConfig;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpanAnnotationsTest {

  private static final String ERRORS =
      "{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}";
  private static final String TENTH =
      "{name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}";
  private static final String HALF =
      "{name: half, type: probabilistic, probabilistic: {sampling_percentage: 50}}";
  private static final String ALL = "{name: all, type: always_sample}";
  private static final String BUDGET =
      "{name: budget, type: rate_limiting, rate_limiting: {spans_per_second: 1000000}}";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Random random = new Random(7);

  /** What becomes of a span that a processor with these policies reads, null if not sampled. */
  private Span through(AnnotateConfig annotate, Span span, String keys, String... policies)
      throws Exception {
    String yaml = "{" + keys + "policies: [" + String.join(", ", policies) + "]}";
    TailSamplingConfig config =
        keys.contains("rules")
            ? TailSamplingConfig.parseAdaptive(new YAMLMapper().readTree("{" + keys + "}"))
            : TailSamplingConfig.parse(new YAMLMapper().readTree(yaml));
    SamplingMeters meters = new SamplingMeters("d", registry);
    SpanAnnotations annotations = new SpanAnnotations(annotate, meters);
    PolicyVerdicts verdicts = new PolicyVerdicts(config, meters, annotations);
    Window window = new Window(verdicts.summaryWords());
    byte[] record = request(span);
    SpanCursor cursor = new SpanCursor().over(record);
    assertThat(cursor.next()).isTrue();
    int row = window.add(cursor.traceIdHi(), cursor.traceIdLo());
    verdicts.policies().observe(cursor, window.words(row), window.summary(row));
    long decided = verdicts.decide(window, row, 1000);
    if (PartitionDecider.verdict(decided) == PartitionDecider.NOT_SAMPLED) {
      return null;
    }
    SpanRequest request = SpanRequest.of(record);
    assertThat(request.readTraceId(0)).isTrue();
    byte[] kept =
        request.only(new int[] {0}, 1, new byte[][] {annotations.fields(request, decided)});
    return ExportTraceServiceRequest.parseFrom(kept)
        .getResourceSpans(0)
        .getScopeSpans(0)
        .getSpans(0);
  }

  private Span through(Span span, String... policies) throws Exception {
    return through(AnnotateConfig.DEFAULT, span, "", policies);
  }

  private static byte[] request(Span span) {
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
    return request.build().toByteArray();
  }

  private Span span() {
    ByteBuffer id = ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong());
    return Span.newBuilder().setName("s").setTraceId(ByteString.copyFrom(id.flip())).build();
  }

  private Span error() {
    return span().toBuilder().setStatus(Status.newBuilder().setCodeValue(2)).build();
  }

  private static OtelTraceState state(Span span) {
    byte[] text = span.getTraceStateBytes().toByteArray();
    return OtelTraceState.read(text, 0, text.length);
  }

  @Test
  void shouldSayThatEveryTraceOfItsKindIsKept() throws Exception {
    Span error = error();
    Span kept = through(error, ERRORS, TENTH);
    assertThat(kept).isEqualTo(error.toBuilder().setTraceState("ot=th:0").build());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldTakeTheMostProbableOfThePoliciesWhicheverDecided(boolean firstMatch) throws Exception {
    String keys = firstMatch ? "sample_on_first_match: true, " : "";
    int kept = 0;
    for (int i = 0; i < 200; i++) {
      Span span = through(AnnotateConfig.DEFAULT, error(), keys, TENTH, ERRORS);
      assertThat(span.getTraceState()).isEqualTo("ot=th:0");
      Span other = through(AnnotateConfig.DEFAULT, span(), keys, TENTH, HALF);
      if (other != null) {
        assertThat(other.getTraceState()).startsWith("ot=th:8;rv:");
        kept++;
      }
    }
    assertThat(kept).isBetween(70, 130);
  }

  @Test
  void shouldWriteThresholdAndHashOfWhatIsKeptByChance() throws Exception {
    int kept = 0;
    for (int i = 0; i < 2_000; i++) {
      Span span = through(span(), ERRORS, TENTH);
      if (span != null) {
        kept++;
        assertThat(span.getTraceState()).startsWith("ot=th:e666;rv:");
        assertThat(state(span).randomness()).isGreaterThanOrEqualTo(state(span).threshold());
        // the same sampler again
        assertThat(through(span, ERRORS, TENTH)).isEqualTo(span);
      }
    }
    assertThat(kept).isBetween(150, 250);
  }

  @Test
  void shouldMakeACombinedPolicyAsProbableAsItsChance() throws Exception {
    String and = "{name: and, type: and, and: {and_sub_policy: [%s, %s]}}".formatted(ERRORS, HALF);
    Span kept = null;
    while (kept == null) {
      kept = through(error(), and);
    }
    assertThat(kept.getTraceState()).startsWith("ot=th:8;rv:");
  }

  @Test
  void shouldEraseTheThresholdWhereABudgetDecides() throws Exception {
    Span span = span().toBuilder().setTraceState("a=1,ot=th:0").build();
    Span kept = through(span, BUDGET);
    assertThat(kept).isEqualTo(span.toBuilder().setTraceState("a=1").build());
    assertThat(registry.get("millrace.sampling.spans.without.threshold").counter().count())
        .isEqualTo(1);
  }

  @Test
  void shouldLeaveWhatCameWithAHigherThresholdAsItIs() throws Exception {
    ByteString id = ByteString.copyFrom(new byte[8]).concat(ByteString.fromHex("00ffffffffffffff"));
    Span span = span().toBuilder().setTraceId(id).setTraceState("ot=th:8,a=1").build();
    assertThat(through(span, ALL)).isEqualTo(span);
  }

  @Test
  void shouldNameThePolicyIfAskedTo() throws Exception {
    Span kept = through(new AnnotateConfig(false, true), error(), "", TENTH, ERRORS);
    while (!kept.getAttributes(0).getValue().getStringValue().equals("errors")) {
      kept = through(new AnnotateConfig(false, true), error(), "", TENTH, ERRORS);
    }
    assertThat(kept.getAttributesList()).hasSize(1);
    assertThat(kept.getAttributes(0).getKey()).isEqualTo("tailsampling.policy");
    assertThat(kept.getTraceState()).isEmpty();
  }

  @Test
  void shouldEraseTheThresholdWhereThereIsNoRoomForAnother() throws Exception {
    String keys = "k:" + "x".repeat(256 - "th:0;k:".length());
    Span span = span().toBuilder().setTraceState("ot=th:0;" + keys).build();
    Span kept = null;
    while (kept == null) {
      kept = through(span, HALF);
      span = span.toBuilder().setTraceId(span().getTraceId()).build();
    }
    assertThat(kept.getTraceState()).isEqualTo("ot=" + keys);
    assertThat(registry.get("millrace.sampling.spans.without.threshold").counter().count())
        .isEqualTo(1);
  }

  @Test
  void shouldSayWhichRuleDecidedAndItsThreshold() throws Exception {
    String rules = "rules: [{name: half, sampler: {type: probabilistic, sampling_percentage: 50}}]";
    int kept = 0;
    for (int i = 0; i < 400; i++) {
      Span span = span();
      Span found = through(new AnnotateConfig(true, true), span, rules);
      boolean isHigh = span.getTraceId().byteAt(9) < 0; // the first bit of its randomness
      assertThat(found != null).isEqualTo(isHigh);
      if (found != null) {
        kept++;
        assertThat(found.getTraceState()).isEqualTo("ot=th:8");
        assertThat(found.getAttributes(0).getKey())
            .isEqualTo("otelcol.processor.adaptive_tail_sampling.rule");
        assertThat(found.getAttributes(0).getValue().getStringValue()).isEqualTo("half");
      }
    }
    assertThat(kept).isBetween(150, 250);
  }

  @Test
  void shouldLeaveSpansAloneIfTold() throws Exception {
    Span span = error();
    assertThat(through(new AnnotateConfig(false, false), span, "", ERRORS)).isEqualTo(span);
  }
}
