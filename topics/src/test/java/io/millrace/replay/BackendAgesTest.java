package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendAgesTest {

  @ParameterizedTest
  @CsvSource({
    "LOGS, http://loki:3100, LOKI",
    "LOGS, https://logs.example/otlp, LOKI",
    "LOGS, https://logs.example/otlp/v1/logs, LOKI",
    "LOGS, http://gw/loki/api/v1/push, LOKI",
    "LOGS, http://victoria:9428/insert/opentelemetry, OTHER",
    "LOGS, file:/out, OTHER",
    "METRICS, http://prometheus:9090/api/v1/write, PROMETHEUS",
    "METRICS, http://prometheus:9090/api/v1/otlp/, PROMETHEUS",
    "METRICS, http://mimir/api/v1/push, MIMIR",
    "METRICS, http://mimir/otlp, MIMIR",
    "METRICS, http://collector:4318, OTHER",
    "TRACES, grpc://tempo:4317, TEMPO",
    "TRACES, discard:/, OTHER"
  })
  void shouldKnowBackendsByTheirUrls(Signal signal, String url, BackendAges backend) {
    assertThat(BackendAges.of(signal, url)).isEqualTo(backend);
  }

  @Test
  void shouldRefuseWhatIsOlderThanTheBackendTakes() {
    Duration week = Duration.ofDays(7);
    assertThat(BackendAges.LOKI.refusal(week, Optional.empty())).isEmpty();
    assertThat(BackendAges.LOKI.refusal(week.plusSeconds(1), Optional.empty()))
        .hasValue(
            "Loki takes what is up to 7d old, and this is up to 7d old. Raise"
                + " limits_config.reject_old_samples_max_age, then say so: --backend-takes 7d1h");
    assertThat(BackendAges.PROMETHEUS.refusal(Duration.ofHours(2), Optional.empty()))
        .hasValue(
            "Prometheus takes nothing that is older than what it has of a series, and this is up to"
                + " 2h old. Raise"
                + " storage.tsdb.out_of_order_time_window, then say so: --backend-takes 3h");
    assertThat(
            BackendAges.PROMETHEUS.refusal(Duration.ofHours(2), Optional.of(Duration.ofHours(3))))
        .isEmpty();
    assertThat(BackendAges.TEMPO.refusal(Duration.ofDays(400), Optional.empty())).isEmpty();
  }
}
