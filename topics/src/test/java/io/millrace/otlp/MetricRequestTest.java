package io.millrace.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class MetricRequestTest {

  @Test
  void shouldPartDeltaPointsFromAllOthers() throws Exception {
    int deltas = 0;
    int others = 0;
    for (int seed = 0; seed < 200; seed++) {
      Message whole = new OtlpGenerator(seed).request(Signal.METRICS);
      MetricRequest request = MetricRequest.of(whole.toByteArray());
      List<Message> expected = singles(whole, MetricRequestTest::isDelta);
      assertThat(request.deltas()).isEqualTo(expected.size());
      assertThat(request.items()).isEqualTo(SplitOracle.singles(whole).size());
      if (!expected.isEmpty()) {
        assertThat(items(request.onlyDeltas())).isEqualTo(expected);
      }
      assertThat(items(request.withoutDeltas())).isEqualTo(singles(whole, item -> !isDelta(item)));
      deltas += request.deltas();
      others += request.items() - request.deltas();
    }
    assertThat(deltas).isPositive();
    assertThat(others).isPositive();
  }

  private static List<Message> items(byte[] request) {
    return request.length == 0
        ? List.of()
        : SplitOracle.singles(SplitOracle.parse(Signal.METRICS, request).orElseThrow());
  }

  private static List<Message> singles(Message whole, Predicate<Message> wanted) {
    return SplitOracle.singles(whole).stream().filter(wanted).toList();
  }

  private static boolean isDelta(Message single) {
    Metric metric =
        ((ExportMetricsServiceRequest) single)
            .getResourceMetrics(0)
            .getScopeMetrics(0)
            .getMetrics(0);
    AggregationTemporality temporality =
        switch (metric.getDataCase()) {
          case SUM -> metric.getSum().getAggregationTemporality();
          case HISTOGRAM -> metric.getHistogram().getAggregationTemporality();
          case EXPONENTIAL_HISTOGRAM ->
              metric.getExponentialHistogram().getAggregationTemporality();
          default -> AggregationTemporality.AGGREGATION_TEMPORALITY_UNSPECIFIED;
        };
    return temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  }
}
