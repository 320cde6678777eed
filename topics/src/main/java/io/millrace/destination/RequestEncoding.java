package io.millrace.destination;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.millrace.delivery.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses request bodies, with one compressor and one buffer for all of them. One call at a
 * time.
 */
interface RequestEncoding extends AutoCloseable {

  /** Value of Content-Encoding; empty for none. */
  String name();

  /** The body of a request of all values. */
  RequestBody encode(Batch batch);

  @Override
  void close();

  static RequestEncoding of(DestinationConfig config) {
    return switch (config.compression()) {
      case GZIP -> new Gzip(config.level());
      case ZSTD -> new OfZstd(config.level());
      case NONE -> new None();
    };
  }

  /** The values, one after the other; small ones are put together, so that writes are few. */
  final class None implements RequestEncoding {

    private static final int LEAST_MEAN_BYTES = 8 << 10;

    @Override
    public String name() {
      return "";
    }

    @Override
    public RequestBody encode(Batch batch) {
      boolean areSmall = batch.bytes() / batch.values().size() < LEAST_MEAN_BYTES;
      return new RequestBody(areSmall ? List.of(batch.merged()) : batch.values());
    }

    @Override
    public void close() {}
  }

  /** RFC 1952, straight from the values. */
  final class Gzip implements RequestEncoding {

    private static final byte[] HEADER = {
      0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, 0
    };

    private final Deflater deflater;
    private final CRC32 crc = new CRC32();
    private byte[] buffer = new byte[1 << 16];
    private int size;

    Gzip(int level) {
      deflater = new Deflater(level, true);
    }

    @Override
    public String name() {
      return "gzip";
    }

    @Override
    public synchronized RequestBody encode(Batch batch) {
      deflater.reset();
      crc.reset();
      System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
      size = HEADER.length;
      for (byte[] value : batch.values()) {
        crc.update(value);
        deflater.setInput(value);
        while (!deflater.needsInput()) {
          deflate();
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        deflate();
      }
      littleEndian((int) crc.getValue());
      littleEndian((int) deflater.getBytesRead());
      return new RequestBody(List.of(Arrays.copyOf(buffer, size)));
    }

    private void deflate() {
      if (buffer.length - size < 1 << 12) {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
      size += deflater.deflate(buffer, size, buffer.length - size - 8);
    }

    private void littleEndian(int value) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        buffer[size++] = (byte) (value >>> shift);
      }
    }

    @Override
    public synchronized void close() {
      deflater.end();
    }
  }

  /** RFC 8878. */
  final class OfZstd implements RequestEncoding {

    private final ZstdCompressCtx context = new ZstdCompressCtx();
    private byte[] buffer = {};

    OfZstd(int level) {
      context.setLevel(level);
    }

    @Override
    public String name() {
      return "zstd";
    }

    @Override
    public synchronized RequestBody encode(Batch batch) {
      byte[] merged = batch.merged();
      int bound = (int) Zstd.compressBound(merged.length);
      if (buffer.length < bound) {
        buffer = new byte[bound];
      }
      int size = context.compressByteArray(buffer, 0, bound, merged, 0, merged.length);
      return new RequestBody(List.of(Arrays.copyOf(buffer, size)));
    }

    @Override
    public synchronized void close() {
      context.close();
    }
  }
}
