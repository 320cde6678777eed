package io.millrace.gateway;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.time.Duration;
import java.util.Optional;

/** What becomes of one export request. A request has exactly one answer. */
sealed interface Answer {

  /**
   * Kafka has acknowledged everything that could be stored.
   *
   * @param rejectedItems how many items cannot be stored, ever; 0 for full success
   * @param message names the first of them and why; empty for full success
   */
  record Accepted(int rejectedItems, String message) implements Answer {

    static final Accepted FULLY = new Accepted(0, "");
  }

  /**
   * The request counts as not stored. If a part of it lies on Kafka already, sending it again makes
   * duplicates of that part.
   *
   * @param message for the client: what was found, what was expected; never the payload
   * @param delay when to send the same request again, in whole seconds; empty if never
   */
  record Refused(Refusal reason, String message, Optional<Duration> delay) implements Answer {

    Refused(Refusal reason, String message) {
      this(reason, message, reason.delay());
    }

    /** The body of an OTLP/HTTP error and {@code grpc-status-details-bin} of a gRPC one. */
    Status status() {
      var status = Status.newBuilder().setCode(reason.code().value()).setMessage(message);
      retryInfo().map(Any::pack).ifPresent(status::addDetails);
      return status.build();
    }

    /** When the same request may be sent again, if ever. */
    Optional<RetryInfo> retryInfo() {
      return delay.map(
          length -> {
            var duration = com.google.protobuf.Duration.newBuilder().setSeconds(length.toSeconds());
            return RetryInfo.newBuilder().setRetryDelay(duration).build();
          });
    }
  }
}
