package io.millrace.gateway;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.HttpStatusException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.millrace.gateway.Answer.Refused;
import io.millrace.gateway.BodyWatch.OverCapacity;
import io.millrace.gateway.BytesMarshaller.UnreadableMessage;
import io.millrace.otlp.Signal;
import io.netty.util.AttributeKey;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives failures that gRPC finds before a request reaches the intake their place in the contract.
 */
final class GrpcErrors implements GrpcExceptionHandlerFunction {

  private static final Logger log = LoggerFactory.getLogger(GrpcErrors.class);

  private static final AttributeKey<Boolean> COUNTED =
      AttributeKey.valueOf(GrpcErrors.class, "COUNTED");

  private static final Set<String> ENCODINGS = Set.of("identity", "gzip", "zstd");

  private final Signal signal;
  private final GatewayMetrics metrics;

  GrpcErrors(Signal signal, GatewayMetrics metrics) {
    this.signal = signal;
    this.metrics = metrics;
  }

  @Override
  public Status apply(RequestContext ctx, Status found, Throwable cause, Metadata trailers) {
    Status status = GrpcExceptionHandlerFunction.of().apply(ctx, found, cause, trailers);
    if (status.getCode() == Code.CANCELLED) {
      return status; // the client has gone: there is nobody to refuse
    }
    Refused refused = refused(ctx, status, cause);
    // Armeria comes more than once for one failure.
    if (!Boolean.TRUE.equals(ctx.attr(COUNTED))) {
      ctx.setAttr(COUNTED, true);
      metrics.refusedRequest(signal, refused.reason());
    }
    StatusRuntimeException answer = GrpcEndpoint.status(refused);
    if (answer.getTrailers() != null) {
      trailers.merge(answer.getTrailers());
    }
    return answer.getStatus();
  }

  private Refused refused(RequestContext ctx, Status status, Throwable cause) {
    if (cause instanceof OverCapacity) {
      return new Refused(Refusal.OVER_CAPACITY, String.valueOf(cause.getMessage()));
    }
    if (cause instanceof UnreadableMessage) {
      return new Refused(Refusal.MALFORMED, String.valueOf(cause.getMessage()));
    }
    if (status.getCode() == Code.RESOURCE_EXHAUSTED || isTooLarge(cause)) {
      String message = "request: too large (expected: at most gateway.max-request-bytes)";
      return new Refused(Refusal.TOO_LARGE, message);
    }
    String encoding = encoding(ctx);
    if (!ENCODINGS.contains(encoding)) {
      String message = "grpc-encoding: " + encoding + " (expected: " + ContentEncoding.NAMES + ")";
      return new Refused(Refusal.UNSUPPORTED_MEDIA_TYPE, message);
    }
    if (cause instanceof StatusRuntimeException) { // the framing is wrong
      return new Refused(Refusal.MALFORMED, "message: " + status.getDescription());
    }
    log.error("{} call failed", signal.id(), cause);
    return new Refused(Refusal.INTERNAL, "internal error; the gateway's log has the cause");
  }

  /** As the HTTP layer says it, which may notice before gRPC does. */
  private static boolean isTooLarge(Throwable cause) {
    return cause instanceof HttpStatusException http
        && http.httpStatus().equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
  }

  private static String encoding(RequestContext ctx) {
    HttpRequest request = ctx.request();
    return request == null ? "identity" : request.headers().get("grpc-encoding", "identity");
  }
}
