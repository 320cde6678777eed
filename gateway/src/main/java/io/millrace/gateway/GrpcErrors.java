package io.millrace.gateway;

import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.millrace.gateway.Answer.Refused;
import io.millrace.gateway.BytesMarshaller.UnreadableMessage;
import io.millrace.otlp.Signal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives failures that gRPC finds before a request reaches the intake their place in the contract.
 */
final class GrpcErrors implements GrpcExceptionHandlerFunction {

  private static final Logger log = LoggerFactory.getLogger(GrpcErrors.class);

  private final Signal signal;
  private final GatewayMetrics metrics;

  GrpcErrors(Signal signal, GatewayMetrics metrics) {
    this.signal = signal;
    this.metrics = metrics;
  }

  @Override
  public Status apply(RequestContext ctx, Status found, Throwable cause, Metadata trailers) {
    Status status = GrpcExceptionHandlerFunction.of().apply(ctx, found, cause, trailers);
    if (cause instanceof UnreadableMessage) {
      return refuse(new Refused(Refusal.MALFORMED, String.valueOf(cause.getMessage())), trailers);
    }
    if (status.getCode() == Code.RESOURCE_EXHAUSTED) {
      String message = "request: too large (expected: at most gateway.max-request-bytes)";
      return refuse(new Refused(Refusal.TOO_LARGE, message), trailers);
    }
    if (status.getCode() == Code.CANCELLED) {
      return status; // the client has gone: there is nobody to refuse
    }
    log.error("{} call failed", signal.id(), cause);
    String message = "internal error; the gateway's log has the cause";
    return refuse(new Refused(Refusal.INTERNAL, message), trailers);
  }

  private Status refuse(Refused refused, Metadata trailers) {
    metrics.refusedRequest(signal, refused.reason());
    StatusRuntimeException status = GrpcEndpoint.status(refused);
    if (status.getTrailers() != null) {
      trailers.merge(status.getTrailers());
    }
    return status.getStatus();
  }
}
