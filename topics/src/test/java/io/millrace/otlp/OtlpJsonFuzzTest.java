package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Any bytes: a request that protobuf-java reads, or {@link MalformedOtlp}; in both directions. */
class OtlpJsonFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void shouldReadOrRefuse(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    Signal signal = Signal.values()[(input[0] & 0xff) % 3];
    byte[] body = Arrays.copyOfRange(input, 1, input.length);
    check(signal, body);
    checkPrinted(signal, body);
  }

  static void check(Signal signal, byte[] json) throws IOException {
    byte[] read;
    try {
      read = OtlpJson.toProtobuf(signal, json);
    } catch (MalformedOtlp e) {
      assertThat(e).hasMessageStartingWith("malformed OTLP/JSON");
      return;
    }
    assertThat(checkPrinted(signal, read)).as("what was read can be printed").isTrue();
  }

  private static boolean checkPrinted(Signal signal, byte[] protobuf) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      OtlpJson.appendJsonLine(signal, protobuf, line);
    } catch (MalformedOtlp e) {
      assertThat(SplitOracle.parse(signal, protobuf)).isEmpty();
      return false;
    }
    try {
      ByteArrayOutputStream again = new ByteArrayOutputStream();
      OtlpJson.appendJsonLine(signal, OtlpJson.toProtobuf(signal, line.toByteArray()), again);
      assertThat(again.toString(UTF_8)).isEqualTo(line.toString(UTF_8));
    } catch (MalformedOtlp e) {
      throw new AssertionError("printed but not read: " + line.toString(UTF_8), e);
    }
    return true;
  }
}
