package io.millrace.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.destination.DestinationConfig;
import io.millrace.logs.LogsDestination.Protocol;
import io.millrace.logs.loki.LabelConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogsDestinationTest {

  @ParameterizedTest
  @CsvSource({
    "AUTO, http://loki:3100, false, http://loki:3100/otlp",
    "AUTO, http://loki:3100/, false, http://loki:3100/otlp",
    "AUTO, http://loki:3100/otlp, false, http://loki:3100/otlp",
    "AUTO, http://loki:3100/otlp/v1/logs, false, http://loki:3100/otlp/v1/logs",
    "AUTO, http://vl:9428, false, http://vl:9428/insert/opentelemetry",
    "AUTO, http://collector:4318, false, http://collector:4318",
    "AUTO, grpc://collector:4317, false, grpc://collector:4317",
    "AUTO, file:/data/out, false, file:/data/out",
    "AUTO, http://loki:3100/loki/api/v1/push, true, http://loki:3100/loki/api/v1/push",
    "AUTO, https://logs.example.com/loki/api/v1/push/, true, https://logs.example.com/loki/api/v1/push",
    "LOKI_PUSH, http://loki:3100, true, http://loki:3100/loki/api/v1/push",
    "LOKI_PUSH, https://gw/loki-a, true, https://gw/loki-a/loki/api/v1/push",
    "OTLP, http://x/loki/api/v1/push, false, http://x/loki/api/v1/push"
  })
  void shouldGoWhereItsUrlSays(Protocol protocol, String url, boolean push, String complete) {
    LogsDestination destination = destination(url, protocol, LabelConfig.DEFAULTS, 5000);
    assertThat(destination.isPush()).isEqualTo(push);
    assertThat(destination.complete().url()).isEqualTo(complete);
  }

  @ParameterizedTest
  @CsvSource({
    "http://vl:9428, NONE",
    "https://logs/insert/opentelemetry/v1/logs, NONE",
    "http://loki:3100, BY_SIGNAL",
    "http://loki:3100/loki/api/v1/push, BY_SIGNAL"
  })
  void shouldKeepOrderWhereTheBackendNeedsIt(String url, DestinationConfig.Order order) {
    assertThat(LogsDestination.to(url).complete().order()).isEqualTo(order);
  }

  @Test
  void shouldRefuseWhatOnlyThePushApiHas() {
    assertThatThrownBy(() -> destination("http://a", Protocol.AUTO, List.of(), 5000))
        .hasMessage("labels: set (expected: only with Loki's push API, see protocol)");
    assertThatThrownBy(() -> destination("http://a", Protocol.AUTO, LabelConfig.DEFAULTS, 100))
        .hasMessage("max-streams: set (expected: only with Loki's push API, see protocol)");
  }

  @Test
  void shouldRefuseAPushApiThatIsNoHttp() {
    assertThatThrownBy(
            () -> destination("grpc://a", Protocol.LOKI_PUSH, LabelConfig.DEFAULTS, 5000))
        .hasMessage("url: grpc://a (expected: http:// or https:// for Loki's push API)");
  }

  @Test
  void shouldRefuseTwoLabelsOfOneName() {
    LabelConfig one = new LabelConfig("a.b", Optional.empty(), Optional.empty(), Optional.empty());
    LabelConfig two = new LabelConfig("x", Optional.empty(), Optional.of("a_b"), Optional.empty());
    assertThatThrownBy(() -> destination("http://a", Protocol.LOKI_PUSH, List.of(one, two), 5000))
        .hasMessage("labels[1]: a_b (expected: a label of its own)");
  }

  private static LogsDestination destination(
      String url, Protocol protocol, List<LabelConfig> labels, int maxStreams) {
    return new LogsDestination(DestinationConfig.to(url), protocol, labels, false, maxStreams);
  }
}
