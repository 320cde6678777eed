package io.millrace.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.daemon.InvalidConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "grpc://otel:4317, true, http://otel:4317",
    "grpc://otel, true, http://otel:4317",
    "grpcs://otel:443, true, https://otel:443",
    "http://otel:4318, false, http://otel:4318/v1/traces",
    "http://otel:4317/, false, http://otel:4317/v1/traces",
    "http://otel, false, http://otel:4318/v1/traces",
    "https://otel/some/path/, false, https://otel:4318/some/path/v1/traces",
  })
  void shouldChooseTheProtocolByTheScheme(String url, boolean grpc, String exporterUrl) {
    Endpoint endpoint = Endpoint.parse(url);

    assertThat(endpoint.grpc()).isEqualTo(grpc);
    assertThat(endpoint.url("/v1/traces")).isEqualTo(exporterUrl);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "otel:4317", "ftp://otel", "http://", "http://a b", "/v1/traces"})
  void shouldRefuseWhatIsNoEndpoint(String url) {
    assertThatThrownBy(() -> Endpoint.parse(url))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage(
            "--endpoint: "
                + url
                + " (expected: grpc://host:port, grpcs://host:port, http://host:port or"
                + " https://host:port)");
  }

  @Test
  void shouldSayWhatWasSentInOneLine() {
    assertThat(new Sent(1200, 9640, 3200, 5300, 0, 0).summary())
        .isEqualTo(
            "sent 1200 traces, 9640 spans, 3200 log records, 5300 data points; 0 exports failed");
    assertThat(new Sent(1, 2, 3, 4, 5, 6).summary())
        .isEqualTo(
            "sent 1 traces, 2 spans, 3 log records, 4 data points; 5 exports failed,"
                + " 6 spans and log records dropped");
  }
}
