package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.MessageLite;
import com.google.rpc.RetryInfo;
import io.millrace.gateway.Answer.Accepted;
import io.millrace.gateway.Answer.Refused;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Encodes answers: {@code Export*ServiceResponse} and {@code google.rpc.Status}. */
final class ExportResponse {

  private static final JsonFactory JSON = new JsonFactory();

  private ExportResponse() {}

  static byte[] encode(Signal signal, Encoding encoding, Accepted answer) {
    return switch (encoding) {
      case PROTOBUF -> protobuf(signal, answer).toByteArray();
      case JSON -> json(out -> accepted(out, signal, answer));
    };
  }

  static byte[] encode(Encoding encoding, Refused answer) {
    return switch (encoding) {
      case PROTOBUF -> answer.status().toByteArray();
      case JSON -> json(out -> refused(out, answer));
    };
  }

  /** {@code partial_success} must be absent when everything was accepted. */
  private static MessageLite protobuf(Signal signal, Accepted answer) {
    if (answer.rejectedItems() == 0) {
      return switch (signal) {
        case TRACES -> ExportTraceServiceResponse.getDefaultInstance();
        case METRICS -> ExportMetricsServiceResponse.getDefaultInstance();
        case LOGS -> ExportLogsServiceResponse.getDefaultInstance();
      };
    }
    return partialSuccess(signal, answer);
  }

  private static MessageLite partialSuccess(Signal signal, Accepted answer) {
    return switch (signal) {
      case TRACES -> {
        var response = ExportTraceServiceResponse.newBuilder();
        response
            .getPartialSuccessBuilder()
            .setRejectedSpans(answer.rejectedItems())
            .setErrorMessage(answer.message());
        yield response.build();
      }
      case METRICS -> {
        var response = ExportMetricsServiceResponse.newBuilder();
        response
            .getPartialSuccessBuilder()
            .setRejectedDataPoints(answer.rejectedItems())
            .setErrorMessage(answer.message());
        yield response.build();
      }
      case LOGS -> {
        var response = ExportLogsServiceResponse.newBuilder();
        response
            .getPartialSuccessBuilder()
            .setRejectedLogRecords(answer.rejectedItems())
            .setErrorMessage(answer.message());
        yield response.build();
      }
    };
  }

  private static void accepted(JsonGenerator out, Signal signal, Accepted answer)
      throws IOException {
    if (answer.rejectedItems() == 0) {
      return;
    }
    String rejected =
        switch (signal) {
          case TRACES -> "rejectedSpans";
          case METRICS -> "rejectedDataPoints";
          case LOGS -> "rejectedLogRecords";
        };
    out.writeObjectFieldStart("partialSuccess");
    // 64-bit integers are text in protobuf's JSON.
    out.writeStringField(rejected, Integer.toString(answer.rejectedItems()));
    out.writeStringField("errorMessage", answer.message());
    out.writeEndObject();
  }

  private static void refused(JsonGenerator out, Refused answer) throws IOException {
    out.writeNumberField("code", answer.reason().code().value());
    out.writeStringField("message", answer.message());
    if (answer.delay().isPresent()) {
      Duration delay = answer.delay().get();
      out.writeArrayFieldStart("details");
      out.writeStartObject();
      String type = "type.googleapis.com/" + RetryInfo.getDescriptor().getFullName();
      out.writeStringField("@type", type);
      out.writeStringField("retryDelay", delay.toSeconds() + "s");
      out.writeEndObject();
      out.writeEndArray();
    }
  }

  private static byte[] json(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter failed", e);
    }
    return text.toString().getBytes(UTF_8);
  }

  /** Writes the fields of one JSON object. */
  private interface Fields {
    void write(JsonGenerator out) throws IOException;
  }
}
