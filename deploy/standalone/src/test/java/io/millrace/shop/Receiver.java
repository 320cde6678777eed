package io.millrace.shop;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.encoding.DecodingService;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An OTLP endpoint, gRPC and HTTP on one port, that keeps what it is given. */
final class Receiver implements AutoCloseable {

  final List<ResourceSpans> spans = new CopyOnWriteArrayList<>();
  final List<ResourceMetrics> metrics = new CopyOnWriteArrayList<>();
  final List<ResourceLogs> logs = new CopyOnWriteArrayList<>();

  /** What HTTP requests are answered from now on. */
  volatile HttpStatus status = HttpStatus.OK;

  private final Server server =
      Server.builder()
          .http(0)
          .service(
              GrpcService.builder()
                  .addService(new Traces())
                  .addService(new Metrics())
                  .addService(new Logs())
                  .build())
          .service(
              "/v1/traces",
              http(
                  ExportTraceServiceRequest.parser(),
                  request -> spans.addAll(request.getResourceSpansList())))
          .service(
              "/v1/metrics",
              http(
                  ExportMetricsServiceRequest.parser(),
                  request -> metrics.addAll(request.getResourceMetricsList())))
          .service(
              "/v1/logs",
              http(
                  ExportLogsServiceRequest.parser(),
                  request -> logs.addAll(request.getResourceLogsList())))
          .build();

  Receiver() {
    server.start().join();
  }

  Endpoint http() {
    return Endpoint.parse("http://127.0.0.1:" + server.activeLocalPort());
  }

  Endpoint grpc() {
    return Endpoint.parse("grpc://127.0.0.1:" + server.activeLocalPort());
  }

  void forget() {
    status = HttpStatus.OK;
    spans.clear();
    metrics.clear();
    logs.clear();
  }

  private <T> HttpService http(Parser<T> parser, Consumer<T> keep) {
    HttpService service = (context, request) -> answer(request, parser, keep);
    return service.decorate(DecodingService.newDecorator());
  }

  private <T> HttpResponse answer(HttpRequest request, Parser<T> parser, Consumer<T> keep) {
    return HttpResponse.of(
        request
            .aggregate()
            .thenApply(
                whole -> {
                  if (status == HttpStatus.OK) {
                    keep.accept(parse(parser, whole.content().array()));
                  }
                  return HttpResponse.of(status);
                }));
  }

  private static <T> T parse(Parser<T> parser, byte[] body) {
    try {
      return parser.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the shop sent what is no OTLP", e);
    }
  }

  @Override
  public void close() {
    server.stop().join();
  }

  private final class Traces extends TraceServiceGrpc.TraceServiceImplBase {
    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
      spans.addAll(request.getResourceSpansList());
      answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final class Metrics extends MetricsServiceGrpc.MetricsServiceImplBase {
    @Override
    public void export(
        ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> answer) {
      metrics.addAll(request.getResourceMetricsList());
      answer.onNext(ExportMetricsServiceResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final class Logs extends LogsServiceGrpc.LogsServiceImplBase {
    @Override
    public void export(
        ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> answer) {
      logs.addAll(request.getResourceLogsList());
      answer.onNext(ExportLogsServiceResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
