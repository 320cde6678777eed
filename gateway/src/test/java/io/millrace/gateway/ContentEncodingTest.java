package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.millrace.gateway.BodyWatch.OverCapacity;
import io.millrace.gateway.ContentEncoding.TooLarge;
import io.millrace.otlp.MalformedOtlp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ContentEncodingTest {

  private final Admission admission = new Admission(10_000);

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
    "zstd, ZSTD",
    "ZStd, ZSTD",
    "br,",
    "'gzip, gzip',",
  })
  void shouldReadTheHeader(String header, ContentEncoding expected) {
    assertThat(ContentEncoding.of(header)).isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void shouldPassPlainBodiesOn() throws Exception {
    assertThat(ContentEncoding.IDENTITY.decode(BODY, 6, admission.open())).isSameAs(BODY);
    assertThatThrownBy(() -> ContentEncoding.IDENTITY.decode(BODY, 5, admission.open()))
        .isInstanceOf(TooLarge.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void shouldLimitTheDecompressedSize(ContentEncoding encoding) throws Exception {
    byte[] body = Otlp.compress(encoding, BODY);
    assertThat(encoding.decode(body, 6, admission.open())).isEqualTo(BODY);
    assertThatThrownBy(() -> encoding.decode(body, 5, admission.open()))
        .isInstanceOf(TooLarge.class)
        .hasMessage("request: more than 5 bytes (expected: at most gateway.max-request-bytes)");
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakeAnEmptyBodyAsEmptyRequest(ContentEncoding encoding) throws Exception {
    assertThat(encoding.decode(new byte[0], 5, admission.open())).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsNotZstd() {
    assertThatThrownBy(() -> ContentEncoding.ZSTD.decode(BODY, 100, admission.open()))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessage("body: not zstd (Unknown frame descriptor)");
  }

  /** Decoding one would take as much memory, whatever the size of the body. */
  @Test
  void shouldRefuseZstdWithAWindowLargerThan8MiB() throws Exception {
    byte[] body = new byte[4096];
    assertThat(ContentEncoding.ZSTD.decode(zstd(body, 23), 4096, admission.open())).isEqualTo(body);
    assertThatThrownBy(() -> ContentEncoding.ZSTD.decode(zstd(body, 24), 4096, admission.open()))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessage("body: not zstd (Frame requires too much memory for decoding)");
  }

  /**
   * The buffers of a decoder are counted as they fill, not when the limit of the body is passed.
   */
  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void shouldStopWhenThereIsNoMoreRoom(ContentEncoding encoding) {
    byte[] bomb = Otlp.compress(encoding, new byte[1 << 20]);
    Admission small = new Admission(200_000);
    var reservation = small.open();
    assertThatThrownBy(() -> encoding.decode(bomb, 1 << 20, reservation))
        .isInstanceOf(OverCapacity.class);
    assertThat(small.inFlightBytes()).isPositive().isLessThanOrEqualTo(200_000);
    reservation.close();
    assertThat(small.inFlightBytes()).isZero();
  }

  /** A frame of unknown content size, which therefore asks for its whole window. */
  private static byte[] zstd(byte[] body, int windowLog) throws IOException {
    var compressed = new ByteArrayOutputStream();
    try (var out = new ZstdOutputStream(compressed)) {
      out.setLong(windowLog);
      out.write(body);
      out.flush();
    }
    return compressed.toByteArray();
  }

  @Test
  void shouldRefuseWhatIsNotGzip() {
    assertThatThrownBy(() -> ContentEncoding.GZIP.decode(BODY, 100, admission.open()))
        .isInstanceOf(MalformedOtlp.class)
        .hasMessage("body: not gzip (Not in GZIP format)");
  }

  /** A prefix can be valid protobuf: it must not pass for the whole. */
  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void shouldRefuseTruncatedBodiesWhereverTheyEnd(ContentEncoding encoding) {
    byte[] body = Otlp.compress(encoding, BODY);
    for (int length = 1; length < body.length; length++) {
      byte[] truncated = Arrays.copyOf(body, length);
      assertThatThrownBy(() -> encoding.decode(truncated, 100, admission.open()))
          .as("%d of %d bytes", length, body.length)
          .isInstanceOf(MalformedOtlp.class)
          .hasMessageStartingWith("body: not " + encoding.name().toLowerCase(Locale.ROOT) + " (");
    }
  }
}
