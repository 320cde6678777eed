package io.millrace.destination;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.millrace.delivery.Answer;
import io.millrace.delivery.DeadReason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BackendAnswersTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T10:00:00Z"), ZoneOffset.UTC);

  @ParameterizedTest
  @CsvSource({"400, REFUSED", "409, REFUSED", "422, REFUSED", "413, TOO_LARGE"})
  void shouldRefuseWhatBlamesTheData(int status, DeadReason reason) {
    assertThat(BackendAnswers.ofHttp(status, "", "no", CLOCK))
        .isEqualTo(new Answer.Refused(reason, "HTTP " + status + " no"));
  }

  @Test
  void shouldWaitForEveryOtherHttpStatus() {
    for (int status = 100; status < 600; status++) {
      if (status / 100 == 2 || Set.of(400, 409, 413, 422).contains(status)) {
        continue;
      }
      assertThat(BackendAnswers.ofHttp(status, "", "no", CLOCK))
          .isEqualTo(new Answer.Busy(Duration.ZERO, status == 429, "HTTP " + status + " no"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "7, 7",
    "' 0 ', 0",
    "'Sat, 21 Nov 2026 10:00:30 GMT', 30",
    "'Sat, 21 Nov 2026 09:00:00 GMT', 0",
    "'', 0",
    "soon, 0",
    "-3, 0",
    "99999999999999999999, 0"
  })
  void shouldReadRetryAfter(String header, long seconds) {
    assertThat(BackendAnswers.ofHttp(503, header, "", CLOCK))
        .isEqualTo(new Answer.Busy(Duration.ofSeconds(seconds), "HTTP 503"));
  }

  @ParameterizedTest
  @EnumSource(Status.Code.class)
  void shouldClassifyEveryGrpcCode(Status.Code code) {
    Answer answer = BackendAnswers.ofGrpc(code.toStatus().withDescription("no").asException());
    switch (code) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS ->
          assertThat(answer)
              .isEqualTo(new Answer.Refused(DeadReason.REFUSED, "gRPC " + code + " no"));
      default -> {
        boolean overLimit = code == Status.Code.RESOURCE_EXHAUSTED;
        assertThat(answer)
            .isEqualTo(new Answer.Busy(Duration.ZERO, overLimit, "gRPC " + code + " no"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "grpc: received message larger than max (5000000 vs. 4194304), true",
    "gRPC message exceeds maximum size 4194304: 5000000, true",
    "RATE_LIMITED: ingestion rate limit reached, false"
  })
  void shouldTellASizeLimitFromAnOverload(String description, boolean tooLarge) {
    Answer answer =
        BackendAnswers.ofGrpc(Status.RESOURCE_EXHAUSTED.withDescription(description).asException());
    assertThat(answer).isInstanceOf(tooLarge ? Answer.Refused.class : Answer.Busy.class);
  }

  @Test
  void shouldSayWhyTheDataWasRefused() {
    assertThat(BackendAnswers.ofHttp(400, "", "entry too far behind, ...", CLOCK))
        .isEqualTo(
            new Answer.Refused(DeadReason.OUT_OF_ORDER, "HTTP 400 entry too far behind, ..."));
    assertThat(
            BackendAnswers.ofGrpc(
                Status.FAILED_PRECONDITION
                    .withDescription("TRACE_TOO_LARGE: max size of trace (5000000) exceeded")
                    .asException()))
        .extracting(answer -> ((Answer.Refused) answer).reason())
        .isEqualTo(DeadReason.TOO_LARGE);
  }

  @Test
  void shouldWaitWhereALimitIsOneOfTheMoment() {
    String streams = "Maximum active stream limit exceeded, reduce the number of active streams";
    assertThat(BackendAnswers.ofHttp(429, "", streams, CLOCK)).isInstanceOf(Answer.Busy.class);
    assertThat(
            BackendAnswers.ofGrpc(
                Status.FAILED_PRECONDITION
                    .withDescription("LIVE_TRACES_EXCEEDED: max live traces exceeded")
                    .asException()))
        .isInstanceOf(Answer.Busy.class);
  }

  @Test
  void shouldReadRetryInfo() {
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(14)
            .setMessage("later")
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(
                            com.google.protobuf.Duration.newBuilder()
                                .setSeconds(3)
                                .setNanos(500_000_000))
                        .build()))
            .build();
    assertThat(BackendAnswers.ofGrpc(StatusProto.toStatusException(status)))
        .isEqualTo(new Answer.Busy(Duration.ofMillis(3500), "gRPC UNAVAILABLE later"));
  }
}
