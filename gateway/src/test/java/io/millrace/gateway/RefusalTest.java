package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Status.Code;
import io.millrace.gateway.Answer.Refused;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RefusalTest {

  @ParameterizedTest
  @CsvSource({
    "MALFORMED,              malformed,              INVALID_ARGUMENT,   400,",
    "INVALID_TENANT,         invalid_tenant,         INVALID_ARGUMENT,   400,",
    "UNAUTHENTICATED,        unauthenticated,        UNAUTHENTICATED,    401,",
    "TENANT_NOT_PERMITTED,   tenant_not_permitted,   PERMISSION_DENIED,  403,",
    "UNKNOWN_TENANT,         unknown_tenant,         PERMISSION_DENIED,  403,",
    "OVER_TENANT_LIMIT,      over_tenant_limit,      RESOURCE_EXHAUSTED, 429, 1",
    "UNSUPPORTED_METHOD,     unsupported_method,     UNIMPLEMENTED,      405,",
    "UNSUPPORTED_MEDIA_TYPE, unsupported_media_type, UNIMPLEMENTED,      415,",
    "TOO_LARGE,              too_large,              RESOURCE_EXHAUSTED, 413,",
    "INCOMPLETE,             incomplete,             DEADLINE_EXCEEDED,  504, 1",
    "OVER_CAPACITY,          over_capacity,          RESOURCE_EXHAUSTED, 429, 1",
    "KAFKA_UNAVAILABLE,      kafka_unavailable,      UNAVAILABLE,        503, 5",
    "STOPPING,               stopping,               UNAVAILABLE,        503, 1",
    "INTERNAL,               internal,               INTERNAL,           500,",
  })
  void shouldTellTheClient(
      Refusal refusal, String id, Code code, int httpStatus, Long delaySeconds) {
    assertThat(refusal.id()).isEqualTo(id);
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.httpStatus()).isEqualTo(httpStatus);
    assertThat(refusal.delay())
        .isEqualTo(Optional.ofNullable(delaySeconds).map(Duration::ofSeconds));
  }

  @Test
  void shouldHaveARowForEveryRefusal() throws NoSuchMethodException {
    var table =
        RefusalTest.class
            .getDeclaredMethod(
                "shouldTellTheClient",
                Refusal.class,
                String.class,
                Code.class,
                int.class,
                Long.class)
            .getAnnotation(CsvSource.class);
    List<String> rows = Arrays.stream(table.value()).map(row -> row.split(",")[0]).toList();
    assertThat(rows)
        .containsExactly(Arrays.stream(Refusal.values()).map(Refusal::name).toArray(String[]::new));
  }

  /** OTLP specification, "Failures": these codes, and 429, 502, 503, 504, may be retried. */
  @ParameterizedTest
  @EnumSource
  void shouldBeRetryableByTheSpecificationExactlyWhenThereIsADelay(Refusal refusal) {
    boolean http = List.of(429, 502, 503, 504).contains(refusal.httpStatus());
    boolean grpc =
        List.of(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.CANCELLED, Code.ABORTED)
                .contains(refusal.code())
            // retryable only with RetryInfo
            || refusal.code() == Code.RESOURCE_EXHAUSTED && refusal.delay().isPresent();
    assertThat(refusal.delay().isPresent()).isEqualTo(http).isEqualTo(grpc);
  }

  @ParameterizedTest
  @EnumSource
  void shouldCarryRetryInfoExactlyWhenThereIsADelay(Refusal refusal)
      throws InvalidProtocolBufferException {
    var status = new Refused(refusal, "why").status();
    assertThat(status.getCode()).isEqualTo(refusal.code().value());
    assertThat(status.getMessage()).isEqualTo("why");
    assertThat(status.getDetailsCount()).isEqualTo(refusal.delay().isPresent() ? 1 : 0);
    if (refusal.delay().isPresent()) {
      RetryInfo info = status.getDetails(0).unpack(RetryInfo.class);
      assertThat(info.getRetryDelay().getSeconds()).isEqualTo(refusal.delay().get().toSeconds());
    }
  }

  @Test
  void shouldCarryTheDelayOfTheAnswer() throws InvalidProtocolBufferException {
    Duration delay = Duration.ofSeconds(42);
    var status = new Refused(Refusal.OVER_TENANT_LIMIT, "why", Optional.of(delay)).status();
    RetryInfo info = status.getDetails(0).unpack(RetryInfo.class);
    assertThat(info.getRetryDelay().getSeconds()).isEqualTo(42);
  }

  @Test
  void shouldCallEveryFailureOfKafkaRetryable() {
    assertThat(Refusal.of(new BufferExhaustedException("full"))).isEqualTo(Refusal.OVER_CAPACITY);
    assertThat(
            List.of(
                new TimeoutException("late"),
                new NotEnoughReplicasException("few"),
                new RecordTooLargeException("the topic has been made smaller"),
                new TopicAuthorizationException("denied"),
                new IllegalStateException("producer closed")))
        .extracting(Refusal::of)
        .containsOnly(Refusal.KAFKA_UNAVAILABLE);
  }
}
