package io.millrace.gateway;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.gateway.Answer.Refused;
import io.millrace.otlp.Signal;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives failures that the server finds before an OTLP/HTTP request reaches its endpoint their place
 * in the contract. For anything else the server's own text stands.
 */
final class HttpErrors implements ServerErrorHandler {

  private final GatewayMetrics metrics;

  HttpErrors(GatewayMetrics metrics) {
    this.metrics = metrics;
  }

  /** Null passes it on to the default, which comes back to {@link #renderStatus}. */
  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    return null;
  }

  @Override
  public @Nullable AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    if (headers == null) {
      return null;
    }
    Optional<Signal> signal = signal(headers);
    Optional<Encoding> encoding = Encoding.of(headers.contentType());
    if (signal.isEmpty() || encoding.isEmpty()) {
      return null;
    }
    Refused refused = refused(status, description);
    metrics.refusedRequest(signal.get(), refused.reason());
    return AggregatedHttpResponse.of(
        HttpReply.refusedHeaders(encoding.get(), refused),
        HttpData.wrap(ExportResponse.encode(encoding.get(), refused)));
  }

  private static Optional<Signal> signal(RequestHeaders headers) {
    return Arrays.stream(Signal.values())
        .filter(signal -> headers.path().equals(signal.httpPath()))
        .findFirst();
  }

  private static Refused refused(HttpStatus status, @Nullable String description) {
    return switch (status.code()) {
      case 413 ->
          new Refused(
              Refusal.TOO_LARGE,
              "request: too large (expected: at most gateway.max-request-bytes)");
      case 408 -> new Refused(Refusal.INCOMPLETE, "request: not received whole in time");
      case 503 -> new Refused(Refusal.STOPPING, "this gateway is stopping");
      default ->
          status.isClientError()
              ? new Refused(
                  Refusal.MALFORMED, description == null ? status.toString() : description)
              : new Refused(Refusal.INTERNAL, "internal error; the gateway's log has the cause");
    };
  }
}
