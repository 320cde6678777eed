package io.millrace.traces.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiled policies on wire bytes against {@link ObjectOracle}. */
class RandomPoliciesTest {

  private static final int RUNS = 500;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldDecideAsIfEverySpanWereKept(long seed) throws Exception {
    Random random = new Random(seed);
    int sampled = 0;
    int notSampled = 0;
    for (int run = 0; run < RUNS; run++) {
      // Given
      TailSamplingConfig config = new RandomPolicies(random).config();
      ObjectOracle oracle = new ObjectOracle(config);
      Decider decider = new Decider(config);
      RandomTraces traces = new RandomTraces(random, 8);
      for (int i = random.nextInt(8); i > 0; i--) {
        ExportTraceServiceRequest request = traces.request();
        oracle.observe(request);
        decider.observe(request.toByteArray());
      }

      // When, in several seconds, because budgets depend on time
      for (int second = 1; second < 4; second++) {
        long now = second * 1_000_000_000L + random.nextInt(1_000_000_000);
        Map<String, Boolean> decided = new TreeMap<>();
        decider.decideAll(now).forEach((id, decision) -> decided.put(id, decision.sampled()));

        // Then
        assertThat(decided)
            .as("seed %d, run %d, %s", seed, run, config)
            .isEqualTo(oracle.decideAll(now));
        sampled += (int) decided.values().stream().filter(is -> is).count();
        notSampled += (int) decided.values().stream().filter(is -> !is).count();
      }
    }
    assertThat(sampled).isGreaterThan(RUNS);
    assertThat(notSampled).isGreaterThan(RUNS);
  }
}
