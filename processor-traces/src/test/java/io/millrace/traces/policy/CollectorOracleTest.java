package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The Collector's tail sampling processor, release 0.155, is the oracle. Each line of the golden
 * files has its answer and a {@code tail_sampling} block: one character for each trace of {@code
 * input.jsonl}, in the order of their ids, 1 if it was kept.
 *
 * <p>{@link CollectorGoldenTest} asks a Collector for the answers again. Blocks whose outcome
 * depends on the order in which the Collector decides, which is random, are left out.
 */
class CollectorOracleTest {

  private static final String FOLDER = "/tail-sampling/";

  @TestFactory
  Stream<DynamicTest> shouldDecideAsTheCollector() throws Exception {
    List<byte[]> input = new ArrayList<>();
    for (String line : lines("input.jsonl")) {
      input.add(OtlpJson.toProtobuf(Signal.TRACES, line.getBytes(UTF_8)));
    }
    return Stream.concat(lines("policies.tsv").stream(), lines("conditions.tsv").stream())
        .map(line -> line.split("\t", 2))
        .map(golden -> DynamicTest.dynamicTest(golden[1], () -> check(input, golden)));
  }

  private static void check(List<byte[]> input, String[] golden) throws Exception {
    var config = TailSamplingConfig.parse(new ObjectMapper().readTree(golden[1]));
    Decider decider = new Decider(config);

    for (byte[] record : input) {
      decider.observe(record);
    }

    StringBuilder answer = new StringBuilder();
    decider.decideAll(0).values().forEach(d -> answer.append(d.sampled() ? '1' : '0'));
    assertThat(answer.toString()).isEqualTo(golden[0]);
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream stream = CollectorOracleTest.class.getResourceAsStream(FOLDER + file)) {
      return new String(stream.readAllBytes(), UTF_8).lines().toList();
    }
  }
}
