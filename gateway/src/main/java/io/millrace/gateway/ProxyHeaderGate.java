package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.gateway.Connections.Closed;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Guards a PROXY protocol port: a connection must come from a trusted address and begin with a
 * header. The server alone would also take connections without one, which the protocol forbids.
 */
final class ProxyHeaderGate {

  private static final byte[] VERSION_1 = "PROXY ".getBytes(US_ASCII);

  private static final byte[] VERSION_2 = {
    0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
  };

  private final List<AddressRange> trusted;
  private final Connections connections;

  ProxyHeaderGate(List<AddressRange> trusted, Connections connections) {
    this.trusted = trusted;
    this.connections = connections;
  }

  /** A new connection, before anything is read from it. */
  void accept(Channel connection) {
    if (isTrusted(connection)) {
      connection.pipeline().addFirst(new FirstBytes());
    } else {
      connections.close(connection, Closed.UNTRUSTED);
    }
  }

  private boolean isTrusted(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress remote
        && trusted.stream().anyMatch(range -> range.contains(remote.getAddress()));
  }

  /** Lets pass what begins as a header does; the server reads the header itself. */
  private final class FirstBytes extends ByteToMessageDecoder {

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      byte[] signature = in.getByte(in.readerIndex()) == VERSION_1[0] ? VERSION_1 : VERSION_2;
      int known = Math.min(signature.length, in.readableBytes());
      for (int i = 0; i < known; i++) {
        if (in.getByte(in.readerIndex() + i) != signature[i]) {
          in.skipBytes(in.readableBytes());
          connections.close(ctx.channel(), Closed.MALFORMED_PROXY_HEADER);
          return;
        }
      }
      if (known == signature.length) {
        // By the signature alone the server puts up its decoder, and behind that stands ours.
        ctx.fireChannelRead(in.readRetainedSlice(known));
        ctx.pipeline().addLast(new Malformed());
        ctx.pipeline().remove(this);
      }
    }
  }

  /**
   * Hears when the server's decoder fails, which then closes the connection; it may say so twice.
   */
  private final class Malformed extends ChannelInboundHandlerAdapter {

    private boolean counted;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!counted) {
        counted = true;
        connections.closed(Closed.MALFORMED_PROXY_HEADER);
      }
    }
  }
}
