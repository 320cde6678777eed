package io.millrace.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BalanceTest {

  private static final String GATEWAY =
      """
      # HELP millrace_gateway_received_items_total Items of requests that could be read
      # TYPE millrace_gateway_received_items_total counter
      millrace_gateway_received_items_total{signal="traces"} 1000.0
      millrace_gateway_published_items_total{signal="traces"} 990.0
      millrace_gateway_refused_items_total{reason="too_large",signal="traces"} 4.0
      millrace_gateway_refused_items_total{reason="kafka_unavailable",signal="traces"} 5.0
      millrace_gateway_in_flight_items{signal="traces"} 1.0
      jvm_threads_live_threads 12.0
      """;

  private static final String PROCESSOR =
      """
      millrace_consumed_items_total{destination="tempo",signal="traces"} 980.0
      millrace_delivered_items_total{destination="tempo",signal="traces"} 9.0E2
      millrace_sampled_out_items_total{destination="tempo",signal="traces"} 50.0
      millrace_dropped_items_total{destination="tempo",rule="a, \\"b\\"",signal="traces"} 10.0
      millrace_dead_lettered_items_total{destination="tempo",reason="refused",signal="traces"} 3.0
      millrace_dead_lettered_items_total{destination="tempo",reason="too_old",signal="traces"} 2.0
      millrace_rejected_items_total{destination="tempo",signal="traces"} 1.0
      millrace_handed_back_items_total{destination="tempo",signal="traces"} 4.0
      millrace_in_flight_items{destination="tempo",signal="traces"} 10.0
      millrace_redelivered_items_total{destination="tempo",signal="traces"} 7.0
      """;

  @Test
  void shouldAddUpAFleetAndClose() {
    Balance balance = balance(GATEWAY, GATEWAY, PROCESSOR, PROCESSOR);
    assertThat(balance.closes()).isTrue();
    assertThat(balance.isDrained()).isFalse();
    assertThat(balance.lines())
        .containsExactly(
            "gateways     traces",
            "received      2,000",
            "  published   1,980",
            "  refused        18",
            "  in flight       2",
            "open              0",
            "",
            "processors       traces/tempo",
            "in Kafka                   28",
            "consumed                1,960",
            "  delivered             1,800",
            "  sampled out             100",
            "  dropped                  20",
            "  dead-lettered            10",
            "  rejected                  2",
            "  handed back               8",
            "  in flight                20",
            "open                        0",
            "(sent again)               14");
  }

  @Test
  void shouldStayOpenWhenOneItemIsMissing() {
    assertThat(balance(GATEWAY.replace("990.0", "989.0"), PROCESSOR).closes()).isFalse();
    assertThat(balance(GATEWAY, PROCESSOR.replace("9.0E2", "899")).closes()).isFalse();
    assertThat(balance(GATEWAY, PROCESSOR.replace("9.0E2", "901")).closes()).isFalse();
  }

  @Test
  void shouldBeDrainedWhenNothingIsOnTheWay() {
    String gateway =
        GATEWAY.replace("1000.0", "985.0").replace("990.0", "976.0").replace("} 1.0", "} 0.0");
    String processor =
        PROCESSOR.replace("9.0E2", "910").replace("} 10.0\nmillrace_re", "} 0.0\nmillrace_re");
    Balance drained = balance(gateway, processor);
    assertThat(drained.closes()).isTrue();
    assertThat(drained.isDrained()).isTrue();
    assertThat(
            balance(gateway.replace("985.0", "986.0").replace("976.0", "977.0"), processor)
                .isDrained())
        .isFalse();
  }

  /** Sums of delta points and what was redriven come to Kafka without a gateway. */
  @Test
  void shouldNotTakeWhatNoGatewayPublishedForMoreThanWasPublished() {
    String reentered =
        PROCESSOR + "millrace_reentered_items{destination=\"tempo\",signal=\"traces\"} 25.0\n";
    assertThat(String.join("\n", balance(GATEWAY, reentered).lines()))
        .containsPattern("in Kafka +39\n")
        .containsPattern("\\(sums, redriven\\) +25");
    assertThat(balance(GATEWAY, reentered).closes()).isTrue();
  }

  @Test
  void shouldFindNothingWhereNobodyCounts() {
    assertThat(balance("up 1\n").isEmpty()).isTrue();
  }

  private static Balance balance(String... processes) {
    List<Sample> samples = new ArrayList<>();
    for (String process : processes) {
      samples.addAll(Sample.parse(process));
    }
    return new Balance(samples);
  }
}
