package io.millrace.gateway;

import com.linecorp.armeria.server.ServiceRequestContext;
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
    ServiceRequestContext call = ServiceRequestContext.currentOrNull();
    // Closed, because a decompressor may hold native memory.
    try (message) {
      return call == null
          ? message.readAllBytes()
          : BodyWatch.readAll(message, Integer.MAX_VALUE, BodyWatch.reservation(call));
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
