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
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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

  /**
   * Requests whose answers have not gone out, on one connection. HTTP/2 clients are told so; of
   * HTTP/1.1 it takes a client that goes on sending without reading.
   */
  static final int MAX_CALLS = 1000;

  private static final AttributeKey<State> STATE = AttributeKey.valueOf(Connections.class, "STATE");

  private final ConnectionsConfig config;
  private final LongSupplier nanoTime;
  private final LongUnaryOperator random;
  private final Duration longestCall;
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

  /** Of one connection. */
  private static final class State {

    /** When it reaches its age, in the time of {@link System#nanoTime()}. */
    final long endNanos;

    final AtomicInteger calls = new AtomicInteger();
    boolean told;

    State(long endNanos) {
      this.endNanos = endNanos;
    }
  }

  /**
   * @param nanoTime as {@link System#nanoTime()}
   * @param random a number from 0 to below the one given
   * @param longestCall after which a request has its answer, whatever happens
   */
  Connections(
      ConnectionsConfig config,
      LongSupplier nanoTime,
      LongUnaryOperator random,
      Duration longestCall,
      MeterRegistry registry) {
    this.config = config;
    this.nanoTime = nanoTime;
    this.random = random;
    this.longestCall = longestCall;
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
    connection.attr(STATE).set(new State(nanoTime.getAsLong() + maxAgeNanos()));
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
      // Past the server's own handlers: HTTP/2 would wait for the streams to end.
      var unused = connection.pipeline().firstContext().close();
    }
  }

  /** Counts a connection that the server itself has closed. */
  void closed(Closed reason) {
    requireNonNull(closed.get(reason)).increment();
  }

  /**
   * A request has come. If its connection is old enough the client is asked to connect anew, by
   * {@code GOAWAY} or {@code Connection: close}; what is in flight is finished. Idle connections
   * are left to their timeout.
   *
   * @param call on its event loop
   */
  void serving(ServiceRequestContext call) {
    Channel connection = call.log().partial().channel();
    State state = connection == null ? null : connection.attr(STATE).get();
    if (connection == null || state == null) {
      return;
    }
    if (state.calls.incrementAndGet() > MAX_CALLS) {
      close(connection, Closed.UNREAD_ANSWERS);
    }
    var unused = call.log().whenComplete().thenRun(state.calls::decrementAndGet);
    retire(call, state);
  }

  private void retire(ServiceRequestContext call, State state) {
    boolean old = !config.maxAge().isZero() && nanoTime.getAsLong() - state.endNanos >= 0;
    if (old && !state.told) {
      state.told = true;
      var unused = call.initiateConnectionShutdown(config.maxAgeGrace());
    }
  }

  /**
   * Closes the connection if the call has not ended when the client has had the time of a whole
   * request to take the answer. HTTP/2 leaves it to the client when that moves, stream by stream.
   *
   * @return to be cancelled when the call has ended
   */
  ScheduledFuture<?> expectEnd(ServiceRequestContext call) {
    Duration time = longestCall.plus(config.receiveTimeout());
    return call.eventLoop()
        .withoutContext()
        .schedule(() -> cutOff(call), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cutOff(ServiceRequestContext call) {
    Channel connection = call.log().partial().channel();
    if (connection != null) {
      close(connection, Closed.UNREAD_ANSWERS);
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
