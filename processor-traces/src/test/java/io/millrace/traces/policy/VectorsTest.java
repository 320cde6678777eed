package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Numbers that Go computed: thresholds with {@code math/big} and hashes with {@code hash/fnv}, as
 * in the Collector's {@code probabilistic.go}, and a random walk of {@code golang.org/x/time/rate}
 * (0.15) for the token bucket.
 */
class VectorsTest {

  static Stream<String[]> rows(String file) throws IOException {
    try (InputStream in = VectorsTest.class.getResourceAsStream("/tail-sampling/" + file)) {
      List<String> lines = new String(in.readAllBytes(), UTF_8).lines().toList();
      return lines.stream().map(line -> line.split("\t"));
    }
  }

  static Stream<String[]> thresholds() throws IOException {
    return rows("thresholds.tsv");
  }

  static Stream<String[]> hashes() throws IOException {
    return rows("hashes.tsv");
  }

  @ParameterizedTest
  @MethodSource("thresholds")
  void shouldComputeTheThresholdOfGo(String percentage, String threshold) {
    long computed = Probability.threshold(Double.parseDouble(percentage) / 100);

    assertThat(Long.toUnsignedString(computed)).isEqualTo(threshold);
  }

  @ParameterizedTest
  @MethodSource("hashes")
  void shouldHashSaltAndTraceIdAsGo(String salt, String traceId, String hash) {
    // Given
    Probability probability = new Probability(new Rule.Probabilistic(50, salt));

    // When
    long computed =
        probability.hash(
            Long.parseUnsignedLong(traceId.substring(0, 16), 16),
            Long.parseUnsignedLong(traceId.substring(16), 16));

    // Then
    assertThat(Long.toUnsignedString(computed)).isEqualTo(hash);
  }

  @Test
  void shouldGiveTokensAsGo() throws Exception {
    String limits = "";
    TokenBucket bucket = new TokenBucket(0, 0);
    for (String[] row : rows("token-bucket.tsv").toList()) {
      if (!limits.equals(row[0] + "/" + row[1])) {
        limits = row[0] + "/" + row[1];
        bucket = new TokenBucket(Long.parseLong(row[0]), Long.parseLong(row[1]));
      }

      boolean taken = bucket.take(Long.parseLong(row[3]), Long.parseLong(row[2]));

      assertThat(taken).as(String.join(" ", row)).isEqualTo(Boolean.parseBoolean(row[4]));
    }
  }
}
