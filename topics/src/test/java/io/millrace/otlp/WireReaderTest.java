package io.millrace.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireReaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "00           | 0 | field number 0 (expected: 1 to 536870911)",
        "0801 07      | 2 | field number 0 (expected: 1 to 536870911)",
        "0a           | 1 | varint runs past the end of its message at 1",
        "12ac02 00    | 1 | length 300 of field 2 runs past the end of its message at 4",
        "12ffffffff0f | 1 | length 4294967295 of field 2 runs past the end of its message at 6",
        "0a02 1205    | 3 | length 5 of field 2 runs past the end of its message at 4",
        "0880808080808080808080 01 | 1 | varint longer than 10 bytes",
        "08ff         | 1 | varint runs past the end of its message at 2",
        "09 01020304  | 1 | fixed64 runs past the end of its message at 5",
        "0d 010203    | 1 | fixed32 runs past the end of its message at 4",
        "1e           | 0 | wire type 6 of field 3 (expected: 0 to 5)",
        "1f           | 0 | wire type 7 of field 3 (expected: 0 to 5)",
        "1c           | 0 | end of group 3 without a start",
        "1b           | 1 | message ends within group 3",
        "1b 24        | 1 | end of group 4 (expected: of 3)",
        "1b 0800 23 24 | 5 | message ends within group 3",
        "1b 00        | 1 | field number 0 (expected: 1 to 536870911)",
      })
  void shouldSayWhereAndWhatIsMalformed(String hex, int offset, String found) {
    byte[] bytes = bytes(hex);

    assertThatThrownBy(() -> OtlpItems.count(Signal.TRACES, bytes))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessage("malformed OTLP at byte %d: %s", offset, found);
    assertThat(SplitOracle.parse(Signal.TRACES, bytes)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // no field at all
        "0807", // resource_spans as a varint is an unknown field
        "1b 0800 1c", // a group
        "8a80808080808080807f 00", // a tag with bits above 32, of field 1
        "0a8000", // a length longer than it need be
        "08ffffffffffffffffff7f", // ten bytes of varint, with bits above 64
        "f8ffffff0f 01", // the highest field number
        "0a04 12020a00", // an empty scope in a resource
      })
  void shouldReadWhatProtobufReads(String hex) throws MalformedOtlp {
    byte[] bytes = bytes(hex);

    assertThat(SplitOracle.parse(Signal.TRACES, bytes)).isPresent();
    assertThat(OtlpItems.count(Signal.TRACES, bytes)).isZero();
  }

  @Test
  void shouldBoundNestedGroups() throws MalformedOtlp {
    assertThat(OtlpItems.count(Signal.LOGS, groups(100))).isZero();
    assertThat(SplitOracle.parse(Signal.LOGS, groups(100))).isPresent();

    assertThatThrownBy(() -> OtlpItems.count(Signal.LOGS, groups(101)))
        .hasMessage("malformed OTLP at byte 0: groups nested deeper than 100");
    assertThat(SplitOracle.parse(Signal.LOGS, groups(101))).isEmpty();
    assertThatThrownBy(() -> OtlpItems.count(Signal.LOGS, groups(100_000)))
        .isInstanceOf(MalformedOtlp.class);
  }

  @Test
  void shouldCountEnclosingMessagesInTheBound() throws Exception {
    byte[] within = inResource(groups(99));
    byte[] beyond = inResource(groups(100));

    assertThat(OtlpItems.count(Signal.LOGS, within)).isZero();
    assertThat(SplitOracle.parse(Signal.LOGS, within)).isPresent();
    assertThatThrownBy(() -> OtlpItems.count(Signal.LOGS, beyond))
        .isInstanceOf(MalformedOtlp.class);
    assertThat(SplitOracle.parse(Signal.LOGS, beyond)).isEmpty();
  }

  private static byte[] groups(int depth) {
    byte[] bytes = new byte[2 * depth];
    for (int i = 0; i < depth; i++) {
      bytes[i] = 0x7b;
      bytes[2 * depth - 1 - i] = 0x7c;
    }
    return bytes;
  }

  private static byte[] inResource(byte[] fields) {
    UnknownFieldSet.Field container =
        UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFrom(fields)).build();
    byte[] bytes = UnknownFieldSet.newBuilder().addField(1, container).build().toByteArray();
    assertThat(bytes)
        .hasSize(fields.length + 1 + CodedOutputStream.computeUInt32SizeNoTag(fields.length));
    return bytes;
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
