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
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
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

  /** Decoded before it is counted, on each event loop. */
  private static final int STEP_BYTES = 64 << 10;

  private static final ThreadLocal<byte[]> STEP =
      ThreadLocal.withInitial(() -> new byte[STEP_BYTES]);

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

  /**
   * Reads a decoder to its end, or to so many bytes. What comes out is counted, so that a bomb is
   * refused while it goes off. One large step is cheaper than many: a decoder copies its window
   * after each.
   *
   * @throws OverCapacity if it does not fit
   */
  static byte[] readAll(InputStream decoder, int maxBytes, Reservation reservation)
      throws IOException {
    byte[] step = STEP.get();
    List<byte[]> before = new ArrayList<>(0);
    int total = 0;
    while (true) {
      int read = decoder.readNBytes(step, 0, Math.min(step.length, maxBytes - total));
      grow(reservation, read);
      total += read;
      if (read < step.length) {
        return join(before, step, total);
      }
      before.add(step.clone());
    }
  }

  private static byte[] join(List<byte[]> before, byte[] last, int total) {
    byte[] whole = new byte[total];
    int at = 0;
    for (byte[] part : before) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    System.arraycopy(last, 0, whole, at, total - at);
    return whole;
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
