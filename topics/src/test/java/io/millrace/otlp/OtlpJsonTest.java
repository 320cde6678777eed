package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpJsonTest {

  /**
   * Each folder of {@code json} has an input, and what the Collector
   * (go.opentelemetry.io/collector/pdata v1.61.0) makes of it: its JSON unmarshaler, then its JSON
   * and its protobuf marshaler.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "traces",
        "traces-example",
        "traces-lenient",
        "traces-empty",
        "metrics",
        "metrics-example",
        "metrics-lenient",
        "logs",
        "logs-example",
        "logs-example-events",
        "logs-lenient",
        "logs-empty-containers"
      })
  void shouldReadAndPrintAsTheCollectorDoes(String folder) throws Exception {
    Signal signal = Signal.valueOf(folder.replaceAll("-.*", "").toUpperCase(java.util.Locale.ROOT));
    String expected = resource(folder + "/output.json");

    byte[] read = OtlpJson.toProtobuf(signal, resource(folder + "/input.json").getBytes(UTF_8));

    assertThat(collectorsOrder(line(signal, read))).isEqualTo(expected);
    byte[] collectors = HexFormat.of().parseHex(resource(folder + "/protobuf.hex").strip());
    assertThat(collectorsOrder(line(signal, collectors))).isEqualTo(expected);
  }

  /** The schema has the ids of an exemplar the other way round. */
  private static String collectorsOrder(String line) {
    return line.replaceAll("(\"spanId\":\"\\w+\"),(\"traceId\":\"\\w+\")", "$2,$1");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = OtlpJsonTest.class.getResourceAsStream("json/" + name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static String line(Signal signal, byte[] protobuf) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OtlpJson.appendJsonLine(signal, protobuf, out);
    return out.toString(UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadBackWhatItPrints(Signal signal) throws Exception {
    for (int seed = 0; seed < 100; seed++) {
      Message request = new OtlpGenerator(seed).request(signal);

      String line = line(signal, request.toByteArray());

      assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
      byte[] read = OtlpJson.toProtobuf(signal, line.getBytes(UTF_8));
      assertThat(withoutEmpty(SplitOracle.parse(signal, read).orElseThrow()))
          .isEqualTo(withoutEmpty(request));
    }
  }

  /** JSON cannot tell a message that is not there from an empty one, nor an id of zeros. */
  private static Message withoutEmpty(Message message) {
    Message.Builder builder = message.toBuilder();
    for (FieldDescriptor field : message.getAllFields().keySet()) {
      if (field.getType() == FieldDescriptor.Type.BYTES
          && OtlpJson.isId(field)
          && message
              .getField(field)
              .equals(com.google.protobuf.ByteString.copyFrom(new byte[16]))) {
        builder.clearField(field);
      } else if (field.getType() == FieldDescriptor.Type.MESSAGE) {
        withoutEmpty(message, field, builder);
      }
    }
    return builder.build();
  }

  private static void withoutEmpty(Message message, FieldDescriptor field, Message.Builder into) {
    if (field.isRepeated()) {
      for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
        into.setRepeatedField(field, i, withoutEmpty((Message) message.getRepeatedField(field, i)));
      }
      return;
    }
    Message child = withoutEmpty((Message) message.getField(field));
    if (field.getRealContainingOneof() == null && child.getAllFields().isEmpty()) {
      into.clearField(field);
    } else {
      into.setField(field, child);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                  | $: found an array (expected: an object)",
        "``                                  | $: found nothing (expected: an object)",
        "{} {}                               | $: found an object behind the request (expected: the end)",
        "{'resourceSpans': {}}               | $.resourceSpans: found an object (expected: an array)",
        "{'resourceSpans': [null]}           | $.resourceSpans[0]: found null (expected: an object)",
        "{'resourceSpans': [{}, 5]}          | $.resourceSpans[1]: found a number (expected: an object)",
        "{'resource_spans': [{'schemaUrl': []}]} | $.resource_spans[0].schemaUrl: found an array (expected: a string)",
      })
  void shouldNameThePathOfAWrongValue(String json, String expected) {
    assertRefused(json, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'traceId': 'xy'             | .traceId: found a string that is not (expected: pairs of hex digits)",
        "'traceId': 'abc'            | .traceId: found a string that is not (expected: pairs of hex digits)",
        "'traceId': 5                | .traceId: found a number (expected: a string)",
        "'kind': 'CLIENT'            | .kind: found an unknown name (expected: a number or name of SpanKind)",
        "'kind': true                | .kind: found a boolean (expected: a number or name of SpanKind)",
        "'flags': -1                 | .flags: found an integer out of range (expected: an unsigned 32-bit integer)",
        "'flags': 4294967296         | .flags: found an integer out of range (expected: an unsigned 32-bit integer)",
        "'flags': 1.5                | .flags: found a fraction (expected: an unsigned 32-bit integer)",
        "'endTimeUnixNano': '18446744073709551616' | .endTimeUnixNano: found an integer out of range (expected: an unsigned 64-bit integer)",
        "'endTimeUnixNano': 'soon'   | .endTimeUnixNano: found a string that is no number (expected: an unsigned 64-bit integer)",
        "'endTimeUnixNano': ''       | .endTimeUnixNano: found a string that is no number (expected: an unsigned 64-bit integer)",
        "'endTimeUnixNano': 1e999999999 | .endTimeUnixNano: found a number out of range (expected: an unsigned 64-bit integer)",
        "'endTimeUnixNano': 1e-999999999 | .endTimeUnixNano: found a number out of range (expected: an unsigned 64-bit integer)",
        "'attributes': [{'value': {'doubleValue': 'x'}}] | .attributes[0].value.doubleValue: found a string that is no number (expected: a number)",
        "'attributes': [{'value': {'doubleValue': '0x1p3'}}] | .attributes[0].value.doubleValue: found a string that is no number (expected: a number)",
        "'attributes': [{'value': {'doubleValue': 1e400}}] | .attributes[0].value.doubleValue: found a number out of range (expected: a number)",
        "'attributes': [{'value': {'boolValue': 1}}] | .attributes[0].value.boolValue: found a number (expected: a boolean)",
        "'attributes': [{}, {'value': {'bytesValue': {}}}] | .attributes[1].value.bytesValue: found an object (expected: a string)",
        "'attributes': [{'value': {'bytesValue': '!'}}] | .attributes[0].value.bytesValue: found a string that is not (expected: base64)",
        "'status': 'ok'              | .status: found a string (expected: an object)",
      })
  void shouldNameThePathOfAWrongValueInASpan(String field, String expected) {
    assertRefused(
        "{'resourceSpans': [{'scopeSpans': [{}, {'spans': [{" + field + "}]}]}]}",
        "$.resourceSpans[0].scopeSpans[1].spans[0]" + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'resourceSpans': [     | line 1, column 20: ends within a value",
        "{'resourceSpans': [{]}  | line 1, column 22: not JSON",
        "{'resourceSpans' 1}     | line 1, column 19: not JSON",
        "nil                     | line 1, column 4: not JSON",
        "{'a': 'tru              | line 1, column 11: ends within a value",
      })
  void shouldNameLineAndColumnOfWhatIsNoJson(String json, String expected) {
    assertRefused(json, expected);
  }

  private static void assertRefused(String json, String expected) {
    assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.TRACES, utf8(json)))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessage("malformed OTLP/JSON at " + expected);
  }

  private static byte[] utf8(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }

  @Test
  void shouldBoundNesting() throws Exception {
    // LogRecord is message 3, its body 4; each array adds ArrayValue and AnyValue.
    byte[] deepest = OtlpJson.toProtobuf(Signal.LOGS, nested(48));

    assertThat(SplitOracle.parse(Signal.LOGS, deepest)).isPresent();
    assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.LOGS, nested(49)))
        .isInstanceOf(MalformedOtlp.class);
    assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.LOGS, nested(100_000)))
        .isInstanceOf(MalformedOtlp.class);
    assertThatThrownBy(() -> OtlpJson.toProtobuf(Signal.LOGS, utf8("{'x':" + "[".repeat(100_000))))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessageEndingWith("nested too deep, or a name or number too long");
  }

  private static byte[] nested(int arrays) {
    return utf8(
        "{'resourceLogs':[{'scopeLogs':[{'logRecords':[{'body':"
            + "{'arrayValue':{'values':[".repeat(arrays)
            + "{'intValue':1}"
            + "]}}".repeat(arrays)
            + "}]}]}]}");
  }

  @Test
  void shouldPrintDeepestProtobufAndRefuseDeeper() throws Exception {
    byte[] deepest = OtlpJson.toProtobuf(Signal.LOGS, nested(48));

    assertThat(line(Signal.LOGS, deepest)).contains("\"intValue\":\"1\"");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(
            () -> OtlpJson.appendJsonLine(Signal.LOGS, new byte[] {0x0a, 0x05, 0x00}, out))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessageStartingWith("malformed OTLP: ");
    assertThat(out.size()).isZero();
  }

  @Test
  void shouldReadBase64OfBothAlphabets() throws Exception {
    for (String text : new String[] {"-_8=", "+/8=", "-_8", "+/8"}) {
      byte[] read =
          OtlpJson.toProtobuf(
              Signal.LOGS,
              utf8(
                  "{'resourceLogs':[{'scopeLogs':[{'logRecords':[{'body':{'bytesValue':'%s'}}]}]}]}"
                      .formatted(text)));

      assertThat(line(Signal.LOGS, read)).contains("\"bytesValue\":\"+/8=\"");
    }
  }

  @Test
  void shouldReplaceHalfASurrogatePair() throws Exception {
    byte[] read =
        OtlpJson.toProtobuf(Signal.LOGS, utf8("{'resourceLogs':[{'schemaUrl':'a\\ud83d'}]}"));

    assertThat(line(Signal.LOGS, read))
        .isEqualTo("{\"resourceLogs\":[{\"resource\":{},\"schemaUrl\":\"a?\"}]}\n");
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadOrRefuseDamagedJson(Signal signal) throws Exception {
    Random random = new Random(3);
    for (int round = 0; round < 500; round++) {
      Message request = new OtlpGenerator(round % 50).request(signal);
      byte[] json = line(signal, request.toByteArray()).getBytes(UTF_8);

      OtlpJsonFuzzTest.check(signal, SplitterPropertyTest.damaged(json, random));
    }
  }
}
