package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.ContentEncoding.TooLarge;
import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentEncodingTest {

  private static final byte[] BODY = "a body".getBytes(UTF_8);

  @ParameterizedTest
  @CsvSource({
    ", IDENTITY",
    "'', IDENTITY",
    "identity, IDENTITY",
    "gzip, GZIP",
    "GZIP, GZIP",
    "x-gzip, GZIP",
    "deflate,",
    "zstd,",
    "'gzip, gzip',",
  })
  void shouldReadTheHeader(String header, ContentEncoding expected) {
    assertThat(ContentEncoding.of(header)).isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void shouldPassPlainBodiesOn() throws Exception {
    assertThat(ContentEncoding.IDENTITY.decode(BODY, 6)).isSameAs(BODY);
    assertThatThrownBy(() -> ContentEncoding.IDENTITY.decode(BODY, 5)).isInstanceOf(TooLarge.class);
  }

  @Test
  void shouldLimitTheDecompressedSize() throws Exception {
    byte[] gzip = Otlp.gzip(BODY);
    assertThat(ContentEncoding.GZIP.decode(gzip, 6)).isEqualTo(BODY);
    assertThatThrownBy(() -> ContentEncoding.GZIP.decode(gzip, 5))
        .isInstanceOf(TooLarge.class)
        .hasMessage("request: more than 5 bytes (expected: at most gateway.max-request-bytes)");
  }

  @Test
  void shouldTakeAnEmptyBodyAsEmptyRequest() throws Exception {
    assertThat(ContentEncoding.GZIP.decode(new byte[0], 5)).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsNotGzip() {
    assertThatThrownBy(() -> ContentEncoding.GZIP.decode(BODY, 100))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessage("body: not gzip (Not in GZIP format)");
  }

  /** A prefix can be valid protobuf: it must not pass for the whole. */
  @Test
  void shouldRefuseTruncatedGzipWhereverItEnds() throws Exception {
    byte[] gzip = Otlp.gzip(BODY);
    for (int length = 1; length < gzip.length; length++) {
      byte[] truncated = Arrays.copyOf(gzip, length);
      assertThatThrownBy(() -> ContentEncoding.GZIP.decode(truncated, 100))
          .isInstanceOf(MalformedOtlp.class)
          .hasMessageStartingWith("body: not gzip (");
    }
  }
}
