package io.millrace.gateway;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.ExchangeType;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RoutingContext;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.millrace.gateway.Admission.Reservation;
import io.netty.util.AttributeKey;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts a request's bytes as they arrive, so that many slow senders together stay under the limit.
 * Room grows with what has been read, not with what {@code Content-Length} promises: promises cost
 * a client nothing.
 */
final class BodyWatch extends SimpleDecoratingHttpService {

  private static final Logger log = LoggerFactory.getLogger(BodyWatch.class);

  private static final AttributeKey<Reservation> RESERVATION =
      AttributeKey.valueOf(BodyWatch.class, "RESERVATION");

  private static final int UNCOUNTED_BYTES = 8 << 10;

  /**
   * What a request holds beside its body: headers, streams, the call. Else tiny ones cost nothing.
   */
  static final int CALL_BYTES = 4 << 10;

  private final Admission admission;
  private final Connections connections;

  BodyWatch(HttpService endpoint, Admission admission, Connections connections) {
    super(endpoint);
    this.admission = admission;
    this.connections = connections;
  }

  /** Otherwise the server would gather the whole request before this hears of it. */
  @Override
  public ExchangeType exchangeType(RoutingContext routing) {
    return ExchangeType.REQUEST_STREAMING;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) throws Exception {
    connections.serving(ctx);
    Reservation reservation = admission.open();
    ctx.setAttr(RESERVATION, reservation);
    Reservation call = admission.open();
    boolean full = !call.grow(CALL_BYTES);
    ScheduledFuture<?> cut = connections.expectEnd(ctx);
    // However it ends: answered, cut off, or given up by the client.
    var unused =
        ctx.log()
            .whenComplete()
            .thenAccept(
                ended -> {
                  reservation.close();
                  call.close();
                  cut.cancel(false);
                  logRefusal(ctx, ended);
                });
    // Not peekData: who gathers the body would see its data only when it is whole.
    HttpRequest counted =
        HttpRequest.of(
            request.headers(),
            (Publisher<HttpObject>)
                reader -> request.subscribe(new Counter(reader, reservation, full)));
    ctx.updateRequest(counted);
    return ((HttpService) unwrap()).serve(ctx, counted);
  }

  private static void logRefusal(ServiceRequestContext ctx, RequestLog call) {
    if (log.isDebugEnabled()) {
      ResponseHeaders headers = call.responseHeaders();
      String grpc = headers.get("grpc-status", call.responseTrailers().get("grpc-status", "0"));
      if (headers.status().isError() || !grpc.equals("0")) {
        String status = headers.status().isError() ? headers.status().codeAsText() : "gRPC " + grpc;
        log.debug("{}: {} for {}", ctx.path(), status, ctx.clientAddress().getHostAddress());
      }
    }
  }

  /** What the request that {@code ctx} belongs to holds so far. */
  static Reservation reservation(ServiceRequestContext ctx) {
    return requireNonNull(ctx.attr(RESERVATION), "an endpoint without a BodyWatch");
  }

  /** Counts what comes out of a decoder, so that a bomb is refused while it goes off. */
  static InputStream counted(InputStream decoder, Reservation reservation) {
    return new FilterInputStream(decoder) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        // Whatever the reader asks for at once, no more than this is decoded before it is counted.
        int read = super.read(buffer, offset, Math.min(length, UNCOUNTED_BYTES));
        grow(reservation, Math.max(0, read));
        return read;
      }
    };
  }

  /** Passes on what comes, counted. What does not fit any more ends it. */
  private static final class Counter implements Subscriber<HttpObject> {

    private final Subscriber<? super HttpObject> reader;
    private final Reservation reservation;
    private final boolean full;
    private @Nullable Subscription subscription;
    private boolean over;

    /**
     * @param full whether there is no room for the call itself, so that its first byte ends it
     */
    Counter(Subscriber<? super HttpObject> reader, Reservation reservation, boolean full) {
      this.reader = reader;
      this.reservation = reservation;
      this.full = full;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      this.subscription = subscription;
      reader.onSubscribe(subscription);
    }

    @Override
    public void onNext(HttpObject part) {
      if (over) {
        return;
      }
      if (full || (part instanceof HttpData data && !reservation.grow(data.length()))) {
        over = true;
        requireNonNull(subscription).cancel();
        reader.onError(new OverCapacity(reservation.overCapacity()));
        return;
      }
      reader.onNext(part);
    }

    @Override
    public void onError(Throwable failure) {
      if (!over) {
        reader.onError(failure);
      }
    }

    @Override
    public void onComplete() {
      if (!over) {
        reader.onComplete();
      }
    }
  }

  private static void grow(Reservation reservation, int bytes) {
    if (!reservation.grow(bytes)) {
      throw new OverCapacity(reservation.overCapacity());
    }
  }

  /** A request that does not fit any more. It costs no stack trace: it comes when load is high. */
  static final class OverCapacity extends RuntimeException {

    private static final long serialVersionUID = 1L;

    OverCapacity(String message) {
      super(message, null, false, false);
    }
  }
}
