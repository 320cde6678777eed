package io.millrace.gateway;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.grpc.Decompressor;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads zstd, which Kafka's own library does. Each stream holds native memory of about its window
 * until it is closed; closing it closes what it reads.
 */
final class Zstd implements Decompressor {

  /** 8 MiB, as RFC 9659 bounds it for HTTP; the frame's header asks, before any data has come. */
  private static final int MAX_WINDOW_LOG = 23;

  static InputStream decoder(InputStream body) throws IOException {
    var decoder = new ZstdInputStreamNoFinalizer(body);
    decoder.setLongMax(MAX_WINDOW_LOG);
    return decoder;
  }

  @Override
  public String getMessageEncoding() {
    return "zstd";
  }

  @Override
  public InputStream decompress(InputStream message) throws IOException {
    return decoder(message);
  }
}
