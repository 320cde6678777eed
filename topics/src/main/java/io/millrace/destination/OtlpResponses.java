package io.millrace.destination;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.delivery.Answer;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;

/** Reads a successful Export*ServiceResponse: all stored, or a partial success. */
final class OtlpResponses {

  private OtlpResponses() {}

  /** Anything that cannot be read counts as stored: the status said so. */
  static Answer.Accepted read(Signal signal, byte[] body) {
    try {
      return switch (signal) {
        case TRACES -> {
          var partial = ExportTraceServiceResponse.parseFrom(body).getPartialSuccess();
          yield new Answer.Accepted(partial.getRejectedSpans(), partial.getErrorMessage());
        }
        case METRICS -> {
          var partial = ExportMetricsServiceResponse.parseFrom(body).getPartialSuccess();
          yield new Answer.Accepted(partial.getRejectedDataPoints(), partial.getErrorMessage());
        }
        case LOGS -> {
          var partial = ExportLogsServiceResponse.parseFrom(body).getPartialSuccess();
          yield new Answer.Accepted(partial.getRejectedLogRecords(), partial.getErrorMessage());
        }
      };
    } catch (InvalidProtocolBufferException e) {
      return Answer.Accepted.ALL;
    }
  }
}
