package io.millrace.gateway;

import static java.util.Objects.requireNonNullElse;

import com.google.protobuf.MessageLite;
import com.google.rpc.RetryInfo;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.millrace.gateway.Access.Verdict;
import io.millrace.gateway.Access.Verdict.Denied;
import io.millrace.gateway.Access.Verdict.Granted;
import io.millrace.gateway.Admission.Reservation;
import io.millrace.gateway.Answer.Accepted;
import io.millrace.gateway.Answer.Refused;
import io.millrace.gateway.ExportRequest.Transport;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import org.jspecify.annotations.Nullable;

/**
 * OTLP/gRPC for one signal: messages stay bytes. Runs on the connection's event loop; the answer
 * may come from any thread, which Armeria's {@link ServerCall} allows.
 */
final class GrpcEndpoint implements ServerCallHandler<byte[], byte[]> {

  private static final Metadata.Key<RetryInfo> RETRY_INFO =
      ProtoUtils.keyForProto(RetryInfo.getDefaultInstance());

  private final Signal signal;
  private final Access access;
  private final Intake intake;

  private GrpcEndpoint(Signal signal, Access access, Intake intake) {
    this.signal = signal;
    this.access = access;
    this.intake = intake;
  }

  static ServerServiceDefinition of(Signal signal, Access access, Intake intake) {
    MethodDescriptor<byte[], byte[]> method = method(signal);
    return ServerServiceDefinition.builder(method.getServiceName())
        .addMethod(method, new GrpcEndpoint(signal, access, intake))
        .build();
  }

  /** {@code opentelemetry.proto.collector.trace.v1.TraceService/Export} and the like. */
  static MethodDescriptor<byte[], byte[]> method(Signal signal) {
    return switch (signal) {
      case TRACES -> raw(TraceServiceGrpc.getExportMethod());
      case METRICS -> raw(MetricsServiceGrpc.getExportMethod());
      case LOGS -> raw(LogsServiceGrpc.getExportMethod());
    };
  }

  private static MethodDescriptor<byte[], byte[]> raw(
      MethodDescriptor<? extends MessageLite, ? extends MessageLite> method) {
    // The builder's schema descriptor would let Armeria look for generated classes.
    return MethodDescriptor.newBuilder(BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(method.getFullMethodName())
        .build();
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata headers) {
    ServiceRequestContext ctx = ServiceRequestContext.current();
    RequestHeaders sent = ctx.request().headers();
    Verdict verdict = access.check(sent);
    if (verdict instanceof Denied denied) {
      reply(call, intake.deny(signal, denied));
      return new ServerCall.Listener<>() {};
    }
    String tenant = ((Granted) verdict).tenant();
    Reservation reservation = BodyWatch.reservation(ctx);
    call.request(2); // one more than a unary call has, to hear of its end
    return new ServerCall.Listener<>() {

      private byte @Nullable [] body;

      @Override
      public void onMessage(byte[] message) {
        body = message;
      }

      @Override
      public void onHalfClose() {
        byte[] received = requireNonNullElse(body, new byte[0]);
        body = null; // the call lives until the answer, its request need not
        var request =
            new ExportRequest(signal, Transport.GRPC, Encoding.PROTOBUF, received, tenant, sent);
        var unused = intake.accept(request, reservation).thenAccept(answer -> reply(call, answer));
      }
    };
  }

  private void reply(ServerCall<byte[], byte[]> call, Answer answer) {
    if (answer instanceof Refused refused) {
      StatusRuntimeException status = status(refused);
      Metadata trailers = requireNonNullElse(status.getTrailers(), new Metadata());
      call.close(status.getStatus(), trailers);
      return;
    }
    byte[] message = ExportResponse.encode(signal, Encoding.PROTOBUF, (Accepted) answer);
    if (message.length >= ResponseEncoding.LEAST_BYTES) {
      call.setCompression("gzip"); // if the client has said that it takes it
    }
    call.sendHeaders(new Metadata());
    call.sendMessage(message);
    call.close(Status.OK, new Metadata());
  }

  /**
   * With {@code grpc-status-details-bin}, which carries RetryInfo, and with RetryInfo by itself,
   * which is where the SDK of Python looks for it.
   */
  static StatusRuntimeException status(Refused refused) {
    StatusRuntimeException status = StatusProto.toStatusRuntimeException(refused.status());
    Metadata trailers = requireNonNullElse(status.getTrailers(), new Metadata());
    refused.retryInfo().ifPresent(info -> trailers.put(RETRY_INFO, info));
    return status.getStatus().asRuntimeException(trailers);
  }
}
