package io.millrace.destination;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.millrace.delivery.Batch;
import io.millrace.otlp.Signal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestEncodingTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 9})
  void shouldWriteGzipThatOthersRead(int level) throws Exception {
    try (RequestEncoding gzip = new RequestEncoding.Gzip(level)) {
      for (Batch batch : batches()) {
        byte[] body = bytes(gzip.encode(batch));
        assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
            .isEqualTo(batch.merged());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 19})
  void shouldWriteZstdThatOthersRead(int level) {
    try (RequestEncoding zstd = new RequestEncoding.OfZstd(level)) {
      for (Batch batch : batches()) {
        byte[] body = bytes(zstd.encode(batch));
        assertThat(Zstd.decompress(body, batch.bytes())).isEqualTo(batch.merged());
      }
    }
  }

  @Test
  void shouldSendValuesAsTheyAre() {
    try (RequestEncoding none = new RequestEncoding.None()) {
      for (Batch batch : batches()) {
        assertThat(bytes(none.encode(batch))).isEqualTo(batch.merged());
      }
      byte[] large = new byte[10_000];
      Batch ofLarge = new Batch(Signal.LOGS, "", List.of(large, large), 20_000, 2);
      assertThat(none.encode(ofLarge).parts()).containsExactly(large, large);
    }
  }

  private static byte[] bytes(RequestBody body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    body.parts().forEach(all::writeBytes);
    assertThat(body.contentLength()).isEqualTo(all.size());
    return all.toByteArray();
  }

  /** Small and large after one another, compressible and not, empty values among them. */
  private static List<Batch> batches() {
    Random random = new Random(7);
    List<Batch> batches = new ArrayList<>();
    for (int values : new int[] {1, 40, 2, 400, 1}) {
      List<byte[]> all = new ArrayList<>();
      int bytes = 0;
      for (int i = 0; i < values; i++) {
        byte[] value = new byte[random.nextInt(5000)];
        if (i % 2 == 0) {
          random.nextBytes(value);
        }
        all.add(value);
        bytes += value.length;
      }
      batches.add(new Batch(Signal.LOGS, "", all, bytes, values));
    }
    return batches;
  }
}
