package io.millrace.traces.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.ByteString;
import io.millrace.otlp.MalformedOtlp;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpanCursorTest {

  private static final ByteString TRACE_ID =
      ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, -1, 10, 11, 12, 13, 14, 15, 16});

  @Test
  void shouldVisitEverySpanOfEveryRecordInOrder() throws Exception {
    // Given
    RandomTraces traces = new RandomTraces(new Random(1), 5);
    SpanCursor cursor = new SpanCursor();
    int visited = 0;
    for (int record = 0; record < 200; record++) {
      ExportTraceServiceRequest request = traces.request();
      List<Span> expected = new ArrayList<>();
      request
          .getResourceSpansList()
          .forEach(r -> r.getScopeSpansList().forEach(s -> expected.addAll(s.getSpansList())));

      // When
      cursor.over(request.toByteArray());
      for (Span span : expected) {
        assertThat(cursor.next()).isTrue();

        // Then
        Span read =
            Span.parseFrom(
                ByteString.copyFrom(cursor.bytes(), cursor.from(), cursor.to() - cursor.from()));
        assertThat(read).isEqualTo(span);
        assertThat(cursor.startNanos()).isEqualTo(span.getStartTimeUnixNano());
        assertThat(cursor.endNanos()).isEqualTo(span.getEndTimeUnixNano());
        assertThat(cursor.statusCode()).isEqualTo(span.getStatus().getCodeValue());
        assertThat(cursor.kind()).isEqualTo(span.getKindValue());
        assertThat(cursor.flags()).isEqualTo(span.getFlags());
        assertThat(cursor.isRoot()).isTrue();
        visited++;
      }
      assertThat(cursor.next()).isFalse();
    }
    assertThat(visited).isGreaterThan(500);
  }

  @Test
  void shouldReadTheTraceIdAsTwoNumbers() throws Exception {
    SpanCursor cursor = over(Span.newBuilder().setTraceId(TRACE_ID));

    assertThat(cursor.traceIdHi()).isEqualTo(0x0102030405060708L);
    assertThat(cursor.traceIdLo()).isEqualTo(0xff0a0b0c0d0e0f10L);
  }

  @Test
  void shouldTakeATraceIdOfAnotherLengthForNone() throws Exception {
    SpanCursor cursor = over(Span.newBuilder().setTraceId(TRACE_ID.substring(1)));

    assertThat(cursor.traceIdHi()).isZero();
    assertThat(cursor.traceIdLo()).isZero();
  }

  @Test
  void shouldTakeAParentOfZerosForNone() throws Exception {
    ByteString zeros = ByteString.copyFrom(new byte[8]);

    assertThat(over(Span.newBuilder().setParentSpanId(zeros)).isRoot()).isTrue();
    assertThat(over(Span.newBuilder().setParentSpanId(TRACE_ID.substring(0, 8))).isRoot())
        .isFalse();
  }

  private static SpanCursor over(Span.Builder span) throws MalformedOtlp {
    var request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
    SpanCursor cursor = new SpanCursor().over(request.build().toByteArray());
    assertThat(cursor.next()).isTrue();
    return cursor;
  }

  /** Protobuf lets a message's field come in parts and in any order. */
  @Test
  void shouldFindWhatComesLateOrInParts() throws Exception {
    // Given a resource behind its spans, in two parts, and a status in two parts
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Span span = Span.newBuilder().setTraceId(TRACE_ID).setStatus(status(2)).build();
    ByteString parts =
        span.toByteString()
            .concat(
                Span.newBuilder()
                    .setStatus(Status.newBuilder().setMessage("m"))
                    .build()
                    .toByteString());
    ScopeSpans scopeSpans = ScopeSpans.newBuilder().addSpans(Span.parseFrom(parts)).build();
    ResourceSpans.newBuilder().addScopeSpans(scopeSpans).build().writeTo(bytes);
    part("a", "1").writeTo(bytes);
    part("b", "2").writeTo(bytes);
    byte[] record = field1(bytes.toByteArray());

    // When
    Decider decider =
        decider(
            """
            policies:
              - name: p
                type: ottl_condition
                ottl_condition:
                  span:
                    - resource.attributes["a"] == "1" and resource.attributes["b"] == "2" and
                      status.code == 2 and status.message == "m"
            """);
    decider.observe(record);

    // Then
    assertThat(decider.decideAll(0).values()).singleElement().matches(Decision::sampled);
  }

  private static Status status(int code) {
    return Status.newBuilder().setCodeValue(code).build();
  }

  private static ResourceSpans part(String key, String value) {
    KeyValue attribute =
        KeyValue.newBuilder()
            .setKey(key)
            .setValue(AnyValue.newBuilder().setStringValue(value))
            .build();
    return ResourceSpans.newBuilder()
        .setResource(Resource.newBuilder().addAttributes(attribute))
        .build();
  }

  /** Attributes are read by a quick way and a thorough one. */
  @Test
  void shouldReadAttributesHoweverTheyAreWritten() throws Exception {
    String longText = "x".repeat(200);
    String longKey = "k".repeat(200);
    byte[] value = AnyValue.newBuilder().setStringValue("1").build().toByteArray();
    List<byte[]> written =
        List.of(
            KeyValue.newBuilder()
                .setKey("k")
                .setValue(AnyValue.newBuilder().setStringValue("1"))
                .build()
                .toByteArray(),
            concat(new byte[] {0x12, (byte) value.length}, value, new byte[] {0x0a, 1, 'k'}),
            concat(new byte[] {0x0a, 1, 'z', 0x0a, 1, 'k', 0x12, (byte) value.length}, value),
            concat(
                new byte[] {0x0a, 1, 'k', 0x12, (byte) value.length}, value, new byte[] {0x18, 1}),
            concat(new byte[] {0x0a, (byte) 0x81, 0, 'k', 0x12, (byte) value.length}, value));

    for (byte[] attribute : written) {
      assertThat(isOne(attribute)).as("%s", ByteString.copyFrom(attribute)).isTrue();
    }
    assertThat(isOne(keyValue(longKey, "1"))).isFalse();
    assertThat(isOne(keyValue("k", longText))).isFalse();
    assertThat(isOne(new byte[0])).isFalse();
    assertThat(isOne(new byte[] {0x0a, 1, 'k'})).isFalse();
  }

  private static byte[] keyValue(String key, String text) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(text))
        .build()
        .toByteArray();
  }

  private static boolean isOne(byte[] keyValue) throws Exception {
    ByteArrayOutputStream span = new ByteArrayOutputStream();
    span.write(SpanCursor.ATTRIBUTE);
    writeDelimited(span, keyValue);
    Decider decider =
        decider(
            "policies: [{name: p, type: string_attribute, string_attribute: {key: k, values: ['1']}}]");
    decider.observe(
        field1(
            concat(
                new byte[] {0x12},
                delimited(concat(new byte[] {0x12}, delimited(span.toByteArray()))))));
    return decider.decideAll(0).values().iterator().next().sampled();
  }

  @Test
  void shouldRefuseBytesThatAreNoSpans() throws Exception {
    Random random = new Random(2);
    Decider decider =
        decider(
            """
            policies:
              - {name: a, type: numeric_attribute, numeric_attribute: {key: number, min_value: 500}}
              - name: b
                type: ottl_condition
                ottl_condition:
                  error_mode: ignore
                  span: ['attributes["other"]["x"] == scope.name']
                  spanevent: ['name == "x" or attributes["text"] == span.status.message']
            """);
    RandomTraces traces = new RandomTraces(random, 3);
    int refused = 0;
    for (int run = 0; run < 20_000; run++) {
      byte[] record = traces.request().toByteArray();
      for (int i = random.nextInt(3); i > 0 && record.length > 0; i--) {
        record[random.nextInt(record.length)] = (byte) random.nextInt(256);
      }
      try {
        decider.observe(record);
      } catch (MalformedOtlp e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void shouldSayWhereARecordIsMalformed() {
    assertThatExceptionOfType(MalformedOtlp.class)
        .isThrownBy(() -> new SpanCursor().over(new byte[] {0x0a, 5, 0}).next())
        .withMessage(
            "malformed OTLP at byte 1: length 5 of field 1 runs past the end of its message at 3");
  }

  private static Decider decider(String yaml) throws Exception {
    return new Decider(TailSamplingConfig.parse(new YAMLMapper().readTree(yaml)));
  }

  private static byte[] field1(byte[] message) {
    return concat(new byte[] {0x0a}, delimited(message));
  }

  private static byte[] delimited(byte[] message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeDelimited(out, message);
    return out.toByteArray();
  }

  private static void writeDelimited(ByteArrayOutputStream out, byte[] message) {
    int length = message.length;
    while (length > 0x7f) {
      out.write(length & 0x7f | 0x80);
      length >>>= 7;
    }
    out.write(length);
    out.writeBytes(message);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
