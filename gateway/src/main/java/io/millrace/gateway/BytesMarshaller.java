package io.millrace.gateway;

import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Leaves gRPC messages as they are: the bytes are cut, not parsed. */
enum BytesMarshaller implements Marshaller<byte[]> {
  INSTANCE;

  @Override
  public InputStream stream(byte[] message) {
    return new ByteArrayInputStream(message);
  }

  /** Reads to the end, as gRPC demands. Decompression happens here. */
  @Override
  public byte[] parse(InputStream message) {
    try (message) { // a decompressor may hold native memory
      return message.readAllBytes();
    } catch (IOException e) {
      throw new UnreadableMessage(e);
    }
  }

  /** A message that cannot be decompressed. */
  static final class UnreadableMessage extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableMessage(IOException cause) {
      super("message: cannot be decompressed (" + cause.getMessage() + ")", cause);
    }
  }
}
