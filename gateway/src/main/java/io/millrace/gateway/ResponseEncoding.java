package io.millrace.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** When an answer is compressed: the client takes gzip, and there is something to gain. */
final class ResponseEncoding {

  /** A full success is 0 to 2 bytes, and gzip alone takes 20. */
  static final int LEAST_BYTES = 128;

  private ResponseEncoding() {}

  /**
   * Of {@code Accept-Encoding} (RFC 9110, 12.5.3).
   *
   * @param header null if there is none
   */
  static boolean takesGzip(@Nullable String header) {
    boolean any = false;
    for (String part : header == null ? new String[0] : header.split(",", -1)) {
      String[] coding = part.strip().toLowerCase(Locale.ROOT).split(";", 2);
      boolean wanted = coding.length == 1 || !coding[1].strip().matches("q\\s*=\\s*0(\\.0*)?");
      switch (coding[0].strip()) {
        case "gzip", "x-gzip" -> {
          return wanted;
        }
        case "*" -> any = wanted;
        default -> {}
      }
    }
    return any;
  }

  static byte[] gzip(byte[] answer) {
    var compressed = new ByteArrayOutputStream(answer.length / 2);
    try (var out = new GZIPOutputStream(compressed)) {
      out.write(answer);
    } catch (IOException e) {
      throw new UncheckedIOException("a ByteArrayOutputStream failed", e);
    }
    return compressed.toByteArray();
  }
}
