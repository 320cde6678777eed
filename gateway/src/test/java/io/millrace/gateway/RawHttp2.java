package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;

/** An HTTP/2 client that does just what it is told: it answers nothing and opens no windows. */
final class RawHttp2 implements AutoCloseable {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  private final CompletableFuture<Void> toldToGo = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final Set<Integer> answered = new ConcurrentSkipListSet<>();

  RawHttp2(int port) throws IOException {
    this(port, new byte[0]);
  }

  /** A client that allows the server no byte of any answer. */
  static RawHttp2 withoutWindow(int port) throws IOException {
    return new RawHttp2(port, new byte[] {0, 4, 0, 0, 0, 0}); // SETTINGS_INITIAL_WINDOW_SIZE
  }

  private RawHttp2(int port, byte[] settings) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    frame(SETTINGS, 0, 0, settings);
  }

  /**
   * Sends a whole OTLP/gRPC request.
   *
   * @param stream odd, and greater than any before
   */
  void export(int stream, MessageLite request) throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    literal(block, ":method", "POST");
    literal(block, ":scheme", "http");
    literal(block, ":path", "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    literal(block, ":authority", "gateway");
    literal(block, "content-type", "application/grpc");
    literal(block, "te", "trailers");
    frame(HEADERS, END_HEADERS, stream, block.toByteArray());
    byte[] message = request.toByteArray();
    byte[] framed = new byte[5 + message.length];
    ByteBuffer.wrap(framed).put((byte) 0).putInt(message.length).put(message);
    frame(DATA, END_STREAM, stream, framed);
    out.flush();
  }

  /** Of HPACK only this: a literal that is not indexed, without Huffman coding. */
  private static void literal(ByteArrayOutputStream block, String name, String value)
      throws IOException {
    block.write(0);
    block.write(name.length());
    block.write(name.getBytes(US_ASCII));
    block.write(value.length());
    block.write(value.getBytes(US_ASCII));
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(payload.length >>> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  /** From now on reads what comes, on a thread of its own, until the server closes. */
  void startReading() {
    Thread reader = new Thread(this::read, "raw-http2");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try {
      for (int first = in.read(); first >= 0; first = in.read()) {
        int length = first << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        in.skipNBytes(length);
        if (type == GOAWAY) {
          toldToGo.complete(null);
        } else if (type <= HEADERS && (flags & END_STREAM) != 0) {
          answered.add(stream);
        }
      }
      closed.complete(null);
    } catch (IOException e) {
      closed.completeExceptionally(e);
    }
  }

  /** Done when the server has said that it will take no more. */
  CompletableFuture<Void> toldToGo() {
    return toldToGo;
  }

  /** Done when the server has closed the connection; fails if it has reset it. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  /** The streams whose answers have come whole. */
  Set<Integer> answered() {
    return answered;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
