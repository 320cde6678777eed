package io.millrace.gateway;

import io.grpc.Decompressor;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Reads gzip in steps as large as a request; grpc-java's own takes 512 bytes at a time. */
final class Gzip implements Decompressor {

  private static final int STEP_BYTES = 8 << 10;

  static InputStream decoder(InputStream body) throws IOException {
    return new GZIPInputStream(body, STEP_BYTES);
  }

  @Override
  public String getMessageEncoding() {
    return "gzip";
  }

  @Override
  public InputStream decompress(InputStream message) throws IOException {
    return decoder(message);
  }
}
