package io.millrace.destination;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.daemon.ClientTlsConfig;
import io.millrace.daemon.InvalidConfig;
import io.millrace.destination.DestinationConfig.Compression;
import io.millrace.destination.DestinationConfig.Order;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationConfigTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GZIP | 10 | compression-level: 10 (expected: 1 to 9 for gzip)
          GZIP | 0  | compression-level: 0 (expected: 1 to 9 for gzip)
          ZSTD | 23 | compression-level: 23 (expected: 1 to 22 for zstd)
          NONE | 1  | compression-level: 1 (expected: none without compression)
          """)
  void shouldRefuseALevelThatTheCompressionHasNot(
      Compression compression, int level, String message) {
    assertThatThrownBy(() -> config("http://a", compression, level, ClientTlsConfig.DEFAULT))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage(message);
  }

  @Test
  void shouldRefuseTlsOverPlainText() {
    ClientTlsConfig tls =
        new ClientTlsConfig(
            Optional.of(Path.of("ca.pem")),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty());
    assertThatThrownBy(() -> config("http://a", Compression.GZIP, 1, tls))
        .hasMessage("tls: http://a (expected: a URL of https:// or grpcs:// with it)");
  }

  private static DestinationConfig config(
      String url, Compression compression, int level, ClientTlsConfig tls) {
    return new DestinationConfig(
        url,
        true,
        Map.of(),
        compression,
        Optional.of(level),
        tls,
        Duration.ofSeconds(1),
        Order.NONE,
        1 << 20,
        2);
  }
}
