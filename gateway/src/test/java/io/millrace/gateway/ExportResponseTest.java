package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.Answer.Accepted;
import io.millrace.gateway.Answer.Refused;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExportResponseTest {

  private static final Accepted PARTLY = new Accepted(3, "span \"a\": 9 bytes (expected: 8)");

  @ParameterizedTest
  @EnumSource
  void shouldBeEmptyWhenEverythingWasAccepted(Signal signal) {
    assertThat(ExportResponse.encode(signal, Encoding.PROTOBUF, Accepted.FULLY)).isEmpty();
    assertThat(ExportResponse.encode(signal, Encoding.JSON, Accepted.FULLY))
        .isEqualTo("{}".getBytes(UTF_8));
  }

  @Test
  void shouldSayHowManyWereRejectedAndWhyInProtobuf() throws Exception {
    var traces =
        ExportTraceServiceResponse.parseFrom(
                ExportResponse.encode(Signal.TRACES, Encoding.PROTOBUF, PARTLY))
            .getPartialSuccess();
    var metrics =
        ExportMetricsServiceResponse.parseFrom(
                ExportResponse.encode(Signal.METRICS, Encoding.PROTOBUF, PARTLY))
            .getPartialSuccess();
    var logs =
        ExportLogsServiceResponse.parseFrom(
                ExportResponse.encode(Signal.LOGS, Encoding.PROTOBUF, PARTLY))
            .getPartialSuccess();

    assertThat(traces.getRejectedSpans()).isEqualTo(3);
    assertThat(metrics.getRejectedDataPoints()).isEqualTo(3);
    assertThat(logs.getRejectedLogRecords()).isEqualTo(3);
    assertThat(traces.getErrorMessage()).isEqualTo(PARTLY.message());
    assertThat(metrics.getErrorMessage()).isEqualTo(PARTLY.message());
    assertThat(logs.getErrorMessage()).isEqualTo(PARTLY.message());
  }

  @ParameterizedTest
  @CsvSource({
    "TRACES, rejectedSpans",
    "METRICS, rejectedDataPoints",
    "LOGS, rejectedLogRecords",
  })
  void shouldSayHowManyWereRejectedAndWhyInJson(Signal signal, String field) {
    assertThat(new String(ExportResponse.encode(signal, Encoding.JSON, PARTLY), UTF_8))
        .isEqualTo(
            "{\"partialSuccess\":{\"%s\":\"3\",\"errorMessage\":\"%s\"}}"
                .formatted(field, "span \\\"a\\\": 9 bytes (expected: 8)"));
  }

  @Test
  void shouldEncodeRefusalsInKind() throws Exception {
    Refused refused = new Refused(Refusal.OVER_CAPACITY, "full");

    assertThat(com.google.rpc.Status.parseFrom(ExportResponse.encode(Encoding.PROTOBUF, refused)))
        .isEqualTo(refused.status());
    assertThat(new String(ExportResponse.encode(Encoding.JSON, refused), UTF_8))
        .isEqualTo(
            "{\"code\":8,\"message\":\"full\",\"details\":[{\"@type\":"
                + "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"1s\"}]}");
  }
}
