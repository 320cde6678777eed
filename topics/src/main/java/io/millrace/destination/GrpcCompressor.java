package io.millrace.destination;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.grpc.Compressor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses messages of OTLP/gRPC at the level of the configuration. */
record GrpcCompressor(DestinationConfig.Compression compression, int level) implements Compressor {

  @Override
  public String getMessageEncoding() {
    return switch (compression) {
      case GZIP -> "gzip";
      case ZSTD -> "zstd";
      case NONE -> "identity";
    };
  }

  @Override
  public OutputStream compress(OutputStream to) throws IOException {
    return switch (compression) {
      case GZIP -> new Gzip(to, level);
      case ZSTD -> new ZstdOutputStreamNoFinalizer(to, level);
      case NONE -> to;
    };
  }

  /** The JDK's stream has no parameter for it. */
  private static final class Gzip extends GZIPOutputStream {

    Gzip(OutputStream to, int level) throws IOException {
      super(to, 1 << 13);
      def.setLevel(level);
    }
  }
}
