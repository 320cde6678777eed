package io.millrace.gateway;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.gateway.Access.Verdict;
import io.millrace.gateway.Access.Verdict.Denied;
import io.millrace.gateway.Access.Verdict.Granted;
import io.millrace.gateway.Admission.Reservation;
import io.millrace.gateway.Answer.Refused;
import io.millrace.gateway.BodyWatch.OverCapacity;
import io.millrace.gateway.ContentEncoding.TooLarge;
import io.millrace.gateway.ExportRequest.Transport;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** OTLP/HTTP for one signal. Runs on the connection's event loop. */
final class HttpEndpoint implements HttpService {

  private final Signal signal;
  private final Access access;
  private final Intake intake;
  private final int maxRequestBytes;
  private final GatewayMetrics metrics;

  HttpEndpoint(
      Signal signal, Access access, Intake intake, int maxRequestBytes, GatewayMetrics metrics) {
    this.signal = signal;
    this.access = access;
    this.intake = intake;
    this.maxRequestBytes = maxRequestBytes;
    this.metrics = metrics;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    if (request.method() != HttpMethod.POST) {
      metrics.refusedRequest(signal, Refusal.UNSUPPORTED_METHOD);
      return HttpReply.methodNotAllowed(request.method());
    }
    Optional<Encoding> encoding = Encoding.of(request.contentType());
    if (encoding.isEmpty()) {
      metrics.refusedRequest(signal, Refusal.UNSUPPORTED_MEDIA_TYPE);
      return HttpReply.unsupportedContentType(request.headers().get(HttpHeaderNames.CONTENT_TYPE));
    }
    boolean gzip =
        ResponseEncoding.takesGzip(request.headers().get(HttpHeaderNames.ACCEPT_ENCODING));
    Verdict verdict = access.check(request.headers());
    if (verdict instanceof Denied denied) {
      return HttpReply.of(signal, encoding.get(), intake.deny(signal, denied), gzip);
    }
    String tenant = ((Granted) verdict).tenant();
    Reservation reservation = BodyWatch.reservation(ctx);
    return HttpResponse.of(
        request
            .aggregate()
            .thenCompose(received -> accept(received, encoding.get(), tenant, reservation))
            .exceptionally(this::unread)
            .thenApply(answer -> HttpReply.of(signal, encoding.get(), answer, gzip)));
  }

  private CompletableFuture<Answer> accept(
      AggregatedHttpRequest received,
      Encoding encoding,
      @Nullable String tenant,
      Reservation reservation) {
    RequestHeaders headers = received.headers();
    String contentEncoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
    Optional<ContentEncoding> decoder = ContentEncoding.of(contentEncoding);
    if (decoder.isEmpty()) {
      return refuse(
          Refusal.UNSUPPORTED_MEDIA_TYPE,
          "Content-Encoding: %s (expected: %s)".formatted(contentEncoding, ContentEncoding.NAMES));
    }
    try {
      byte[] body = decoder.get().decode(received.content().array(), maxRequestBytes, reservation);
      return intake.accept(
          new ExportRequest(signal, Transport.HTTP, encoding, body, tenant, headers), reservation);
    } catch (MalformedOtlp e) {
      return refuse(Refusal.MALFORMED, String.valueOf(e.getMessage()));
    } catch (TooLarge e) {
      return refuse(Refusal.TOO_LARGE, String.valueOf(e.getMessage()));
    }
  }

  /** All but the lack of room is for the server's error handler. */
  private Answer unread(Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    if (cause instanceof OverCapacity) {
      metrics.refusedRequest(signal, Refusal.OVER_CAPACITY);
      return new Refused(Refusal.OVER_CAPACITY, String.valueOf(cause.getMessage()));
    }
    throw failure instanceof CompletionException e ? e : new CompletionException(failure);
  }

  private CompletableFuture<Answer> refuse(Refusal reason, String message) {
    metrics.refusedRequest(signal, reason);
    return CompletableFuture.completedFuture(new Refused(reason, message));
  }
}
