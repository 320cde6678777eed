package io.millrace.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Message;
import java.util.Arrays;
import java.util.Optional;

/** Any bytes: a split that protobuf-java agrees with, or {@link MalformedOtlp}. */
class SplitterFuzzTest {

  private static final SplitOracle.Key ANY = single -> new Object();

  @FuzzTest(maxDuration = "10m")
  void shouldAgreeWithProtobuf(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] request = Arrays.copyOfRange(input, 1, input.length);
    int limit = (input[0] & 1) == 0 ? Integer.MAX_VALUE : 60;
    switch ((input[0] & 0xff) >> 1 & 3) {
      case 0 -> check(Signal.TRACES, Splitters.traces(Hasher.MURMUR2), request, limit, ANY);
      case 1 -> check(Signal.METRICS, Splitters.metrics(Hasher.FNV_1A), request, limit, ANY);
      case 2 ->
          check(
              Signal.LOGS,
              Splitters.logs(LogsPartitioning.RESOURCE, Hasher.MURMUR2),
              request,
              limit,
              ANY);
      default ->
          check(
              Signal.LOGS,
              Splitters.logs(LogsPartitioning.TRACE_ID, Hasher.MURMUR2),
              request,
              limit,
              ANY);
    }
  }

  /** Whether the request could be walked. */
  static boolean check(
      Signal signal, Splitter splitter, byte[] request, int limit, SplitOracle.Key key) {
    Optional<Message> parsed = SplitOracle.parse(signal, request);
    try {
      Split split = splitter.split(request, 7, limit);
      parsed.ifPresent(message -> SplitOracle.check(signal, message, split, limit, key));
      return true;
    } catch (MalformedOtlp e) {
      // Far from the end of the array protobuf-java 4.36 takes any tenth byte for the last one.
      if (!e.getMessage().endsWith("varint longer than 10 bytes")) {
        assertThat(parsed).as("refused: %s", e.getMessage()).isEmpty();
      }
      return false;
    }
  }
}
