package io.millrace.gateway;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.AttributeKey;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * The connections of all listeners: how many there are, how old each may become, and how much of
 * its answers a client may leave unread. Connections that are closed for what they did are counted.
 * Any thread; a connection's own state belongs to its event loop.
 */
final class Connections {

  /** Answers wait here when the client does not read and the operating system holds no more. */
  private static final int MAX_UNREAD_BYTES = 256 << 10;

  private static final AttributeKey<Age> AGE = AttributeKey.valueOf(Connections.class, "AGE");

  private final ConnectionsConfig config;
  private final LongSupplier nanoTime;
  private final LongUnaryOperator random;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Closed, Counter> closed = new EnumMap<>(Closed.class);

  /** Why a connection was closed; a metric label. */
  enum Closed {
    /** There are {@code gateway.connections.max} already. */
    TOO_MANY,

    /** It came to a PROXY protocol port from an address that is not trusted. */
    UNTRUSTED,

    /** It came to a PROXY protocol port and did not begin with a header that can be read. */
    MALFORMED_PROXY_HEADER,

    /** The client sends requests and does not read the answers. */
    UNREAD_ANSWERS
  }

  /** When a connection reaches its age, in the time of {@link System#nanoTime()}. */
  private static final class Age {
    final long endNanos;
    boolean told;

    Age(long endNanos) {
      this.endNanos = endNanos;
    }
  }

  /**
   * @param nanoTime as {@link System#nanoTime()}
   * @param random a number from 0 to below the one given
   */
  Connections(
      ConnectionsConfig config,
      LongSupplier nanoTime,
      LongUnaryOperator random,
      MeterRegistry registry) {
    this.config = config;
    this.nanoTime = nanoTime;
    this.random = random;
    Gauge.builder("millrace.gateway.connections", open, AtomicInteger::get)
        .description("Open connections")
        .strongReference(true)
        .register(registry);
    for (Closed reason : Closed.values()) {
      closed.put(
          reason,
          Counter.builder("millrace.gateway.closed.connections")
              .description("Connections closed for what they did")
              .tags("reason", reason.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
  }

  /**
   * A new connection, before anything is read from it.
   *
   * @return false if it is one too many: it has been closed
   */
  boolean accept(Channel connection) {
    if (open.incrementAndGet() > config.max()) {
      open.decrementAndGet();
      close(connection, Closed.TOO_MANY);
      return false;
    }
    connection.closeFuture().addListener(future -> open.decrementAndGet());
    connection.attr(AGE).set(new Age(nanoTime.getAsLong() + maxAgeNanos()));
    connection
        .config()
        .setWriteBufferWaterMark(new WriteBufferWaterMark(MAX_UNREAD_BYTES / 2, MAX_UNREAD_BYTES));
    connection.pipeline().addFirst(new UnreadAnswers());
    return true;
  }

  /** Connections made in the same moment must not all be made anew in the same moment. */
  long maxAgeNanos() {
    long nanos = config.maxAge().toNanos();
    return nanos - nanos / 10 + random.applyAsLong(nanos / 5 + 1);
  }

  void close(Channel connection, Closed reason) {
    if (connection.isOpen()) {
      closed(reason);
      var unused = connection.close();
    }
  }

  /** Counts a connection that the server itself has closed. */
  void closed(Closed reason) {
    requireNonNull(closed.get(reason)).increment();
  }

  /**
   * Asks the client to connect anew if its connection is old enough: by {@code GOAWAY}, or {@code
   * Connection: close}. What is in flight is finished. Idle connections are left to their timeout.
   *
   * @param call on its event loop
   */
  void serving(ServiceRequestContext call) {
    Channel connection = config.maxAge().isZero() ? null : call.log().partial().channel();
    Age age = connection == null ? null : connection.attr(AGE).get();
    if (age != null && !age.told && nanoTime.getAsLong() - age.endNanos >= 0) {
      age.told = true;
      var unused = call.initiateConnectionShutdown(config.maxAgeGrace());
    }
  }

  /** Closes the connection of a client that lets its answers pile up. */
  private final class UnreadAnswers extends ChannelInboundHandlerAdapter {

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (!ctx.channel().isWritable()) {
        close(ctx.channel(), Closed.UNREAD_ANSWERS);
      }
      ctx.fireChannelWritabilityChanged();
    }
  }
}
