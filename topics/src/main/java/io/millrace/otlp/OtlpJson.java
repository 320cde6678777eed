package io.millrace.otlp;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.io.OutputStream;

/**
 * OTLP/JSON in and out (OTLP specification, "JSON Protobuf Encoding"): protobuf's JSON but for
 * trace and span ids, which are hex, and enums, which are numbers.
 */
public final class OtlpJson {

  private OtlpJson() {}

  /**
   * An Export*ServiceRequest in protobuf. Unknown fields are ignored, as the specification asks.
   * Half a surrogate pair in a string becomes {@code ?}.
   *
   * @throws MalformedOtlp with the JSON path of a wrong value, or line and column of what is no
   *     JSON
   */
  public static byte[] toProtobuf(Signal signal, byte[] json) throws MalformedOtlp {
    return JsonToProtobuf.convert(request(signal).getDescriptorForType(), json);
  }

  /**
   * Appends a request as one line, in the format of the OpenTelemetry Collector's file exporter.
   * What is malformed appends nothing. Unknown fields have no place in JSON.
   *
   * @throws IOException from {@code out}
   */
  public static void appendJsonLine(Signal signal, byte[] protobuf, OutputStream out)
      throws MalformedOtlp, IOException {
    ProtobufToJson.appendLine(parse(signal, protobuf), out);
  }

  private static Message parse(Signal signal, byte[] protobuf) throws MalformedOtlp {
    try {
      return request(signal).getParserForType().parseFrom(protobuf);
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedOtlp("malformed OTLP: " + e.getMessage());
    }
  }

  private static Message request(Signal signal) {
    return switch (signal) {
      case TRACES -> ExportTraceServiceRequest.getDefaultInstance();
      case METRICS -> ExportMetricsServiceRequest.getDefaultInstance();
      case LOGS -> ExportLogsServiceRequest.getDefaultInstance();
    };
  }

  /** Whether a bytes field is a trace or span id, which OTLP/JSON writes in hex. */
  static boolean isId(FieldDescriptor bytesField) {
    return bytesField.getName().endsWith("_id");
  }
}
