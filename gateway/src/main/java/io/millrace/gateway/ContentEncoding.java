package io.millrace.gateway;

import io.millrace.gateway.Admission.Reservation;
import io.millrace.otlp.MalformedOtlp;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the body of an OTLP/HTTP request is compressed. */
enum ContentEncoding {
  IDENTITY {
    @Override
    InputStream decoder(InputStream body) {
      return body;
    }
  },

  GZIP {
    @Override
    InputStream decoder(InputStream body) throws IOException {
      return Gzip.decoder(body);
    }
  },

  ZSTD {
    @Override
    InputStream decoder(InputStream body) throws IOException {
      return Zstd.decoder(body);
    }
  };

  /** Those there are, for messages. */
  static final String NAMES = "gzip, zstd or identity";

  /** Of the header {@code Content-Encoding}; empty if it names another. */
  static Optional<ContentEncoding> of(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return Optional.of(IDENTITY);
    }
    return switch (header.strip().toLowerCase(Locale.ROOT)) {
      case "identity" -> Optional.of(IDENTITY);
      case "gzip", "x-gzip" -> Optional.of(GZIP);
      case "zstd" -> Optional.of(ZSTD);
      default -> Optional.empty();
    };
  }

  /**
   * The decompressed body. Decompression stops as soon as the limit is passed.
   *
   * @param reservation grows by what is decompressed
   * @throws MalformedOtlp if the body is not of this encoding, or ends too early
   * @throws TooLarge if there are more than {@code maxBytes}
   */
  byte[] decode(byte[] body, int maxBytes, Reservation reservation) throws MalformedOtlp, TooLarge {
    // An empty body is an empty request, although it is not compressed.
    byte[] decoded =
        this == IDENTITY || body.length == 0 ? body : inflate(body, maxBytes, reservation);
    if (decoded.length > maxBytes) {
      throw new TooLarge(maxBytes);
    }
    return decoded;
  }

  abstract InputStream decoder(InputStream body) throws IOException;

  private byte[] inflate(byte[] body, int maxBytes, Reservation reservation) throws MalformedOtlp {
    try (InputStream in = decoder(new ByteArrayInputStream(body))) {
      return BodyWatch.readAll(in, maxBytes + 1, reservation);
    } catch (IOException e) {
      throw new MalformedOtlp(
          "body: not %s (%s)".formatted(name().toLowerCase(Locale.ROOT), e.getMessage()));
    }
  }

  /** A request larger than allowed. */
  static final class TooLarge extends Exception {

    private static final long serialVersionUID = 1L;

    TooLarge(int maxBytes) {
      super(
          "request: more than %d bytes (expected: at most gateway.max-request-bytes)"
              .formatted(maxBytes));
    }
  }
}
