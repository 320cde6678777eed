package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.github.luben.zstd.ZstdOutputStream;
import io.millrace.gateway.BodyWatch.OverCapacity;
import io.millrace.gateway.ContentEncoding.TooLarge;
import io.millrace.otlp.MalformedOtlp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/**
 * Any bytes: a body within the limit, or a refusal; and what was compressed comes back as it was.
 */
class ContentEncodingFuzzTest {

  private static final int MAX_BYTES = 64 << 10;

  @FuzzTest(maxDuration = "10m")
  void shouldDecodeOrRefuse(byte[] input) throws IOException, MalformedOtlp, TooLarge {
    if (input.length == 0) {
      return;
    }
    ContentEncoding encoding = (input[0] & 1) == 0 ? ContentEncoding.GZIP : ContentEncoding.ZSTD;
    byte[] body = Arrays.copyOfRange(input, 1, input.length);
    Admission admission = new Admission(4 * MAX_BYTES);
    try (Admission.Reservation held = admission.open()) {
      assertThat(encoding.decode(body, MAX_BYTES, held).length).isLessThanOrEqualTo(MAX_BYTES);
    } catch (MalformedOtlp | TooLarge | OverCapacity e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    assertThat(admission.inFlightBytes()).isZero();
    if (body.length > 0 && body.length <= MAX_BYTES) {
      try (Admission.Reservation held = admission.open()) {
        assertThat(encoding.decode(compressed(encoding, body), MAX_BYTES, held)).isEqualTo(body);
      }
    }
  }

  private static byte[] compressed(ContentEncoding encoding, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        encoding == ContentEncoding.GZIP
            ? new GZIPOutputStream(bytes)
            : new ZstdOutputStream(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }
}
