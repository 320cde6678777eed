package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseEncodingTest {

  @ParameterizedTest
  @CsvSource({
    ", false",
    "'', false",
    "identity, false",
    "gzip, true",
    "X-GZIP, true",
    "'deflate, gzip;q=0.5', true",
    "'gzip; q=1.0', true",
    "gzip;q=0, false",
    "'gzip;q=0.000, *', false",
    "*, true",
    "*;q=0, false",
    "'br, zstd', false",
  })
  void shouldReadWhatTheClientTakes(String header, boolean expected) {
    assertThat(ResponseEncoding.takesGzip(header)).isEqualTo(expected);
  }

  @Test
  void shouldCompress() throws Exception {
    byte[] answer = new byte[1000];
    byte[] gzip = ResponseEncoding.gzip(answer);
    assertThat(gzip).hasSizeLessThan(100);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes())
        .isEqualTo(answer);
  }
}
