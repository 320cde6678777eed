package io.millrace.destination;

import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.millrace.delivery.Answer;
import io.millrace.delivery.DeadReason;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * What a backend's status means for a batch. Only what blames the data itself is final; whatever
 * could be mended on the backend's side, wrong credentials and a wrong address included, waits: a
 * mistake in a configuration must not turn a day of telemetry into dead letters.
 *
 * <p>The OTLP specification calls fewer statuses retryable than we retry; it lets a client drop the
 * rest, and we must not.
 */
final class BackendAnswers {

  private BackendAnswers() {}

  /**
   * The answer an OTLP/HTTP response without success stands for.
   *
   * @param retryAfter the header's value, seconds or an HTTP date (RFC 9110, section 10.2.3), or
   *     empty
   */
  static Answer ofHttp(int status, String retryAfter, String message, Clock clock) {
    String words = "HTTP %d %s".formatted(status, message).strip();
    return switch (status) {
      // Thanos and Cortex answer 409 for samples that contradict what they have.
      case 400, 409, 422 ->
          new Answer.Refused(RefusalReasons.of(message, DeadReason.REFUSED), words);
      case 413 -> new Answer.Refused(DeadReason.TOO_LARGE, words);
      case 429 -> new Answer.Busy(retryAfter(retryAfter, clock), true, words);
      default -> new Answer.Busy(retryAfter(retryAfter, clock), words);
    };
  }

  /** The answer a failed OTLP/gRPC call stands for. */
  static Answer ofGrpc(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    String description = Optional.ofNullable(status.getDescription()).orElse("");
    String words = "gRPC %s %s".formatted(status.getCode(), description).strip();
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS ->
          isOverload(description)
              ? new Answer.Busy(retryInfo(failure), true, words)
              : new Answer.Refused(RefusalReasons.of(description, DeadReason.REFUSED), words);
      case RESOURCE_EXHAUSTED ->
          isSizeLimit(description)
              ? new Answer.Refused(DeadReason.TOO_LARGE, words)
              : new Answer.Busy(retryInfo(failure), true, words);
      default -> new Answer.Busy(retryInfo(failure), words);
    };
  }

  /** Tempo says with the code of a bad request that it has too many traces for now. */
  private static boolean isOverload(String description) {
    return description.contains("LIVE_TRACES_EXCEEDED");
  }

  /** grpc-go and grpc-java report a message above their limit with the code of an overload. */
  private static boolean isSizeLimit(String description) {
    String lower = description.toLowerCase(Locale.ROOT);
    return lower.contains("larger than max") || lower.contains("exceeds maximum");
  }

  private static Duration retryInfo(Throwable failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return Duration.ZERO;
    }
    for (var detail : status.getDetailsList()) {
      if (detail.is(RetryInfo.class)) {
        try {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          Duration wait = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
          return wait.isNegative() ? Duration.ZERO : wait;
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          return Duration.ZERO; // no usable advice is no advice
        }
      }
    }
    return Duration.ZERO;
  }

  private static Duration retryAfter(String header, Clock clock) {
    String value = header.strip();
    if (value.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      Duration until =
          Duration.between(
              clock.instant(),
              ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return until.isNegative() ? Duration.ZERO : until;
    } catch (DateTimeException e) {
      return Duration.ZERO; // no usable advice is no advice
    }
  }
}
