package io.millrace.gateway;

import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.jspecify.annotations.Nullable;

/**
 * The error contract: every reason to refuse a request, and what the client is told. A client may
 * send the same request again if and only if there is a delay; without one, {@code
 * RESOURCE_EXHAUSTED} counts as final (OTLP specification, "Failures" and "OTLP/gRPC Throttling").
 */
enum Refusal {
  /** The bytes are not the OTLP they claim to be. */
  MALFORMED(Code.INVALID_ARGUMENT, 400, null),

  /** {@code X-Scope-OrgID} is not a name a backend would take. */
  INVALID_TENANT(Code.INVALID_ARGUMENT, 400, null),

  /** No credential, or none of ours, where one is needed. */
  UNAUTHENTICATED(Code.UNAUTHENTICATED, 401, null),

  /** The credential is for other tenants. */
  TENANT_NOT_PERMITTED(Code.PERMISSION_DENIED, 403, null),

  /** Not of {@code gateway.tenants.known}. */
  UNKNOWN_TENANT(Code.PERMISSION_DENIED, 403, null),

  /** More than the tenant's share; the answer says when there is room again. */
  OVER_TENANT_LIMIT(Code.RESOURCE_EXHAUSTED, 429, Duration.ofSeconds(1)),

  /** OTLP/HTTP knows POST only. */
  UNSUPPORTED_METHOD(Code.UNIMPLEMENTED, 405, null),

  /** A content type or encoding that is not read here. */
  UNSUPPORTED_MEDIA_TYPE(Code.UNIMPLEMENTED, 415, null),

  /** Larger than {@code gateway.max-request-bytes}, before or after decompression. */
  TOO_LARGE(Code.RESOURCE_EXHAUSTED, 413, null),

  /** The request did not arrive whole in time. */
  INCOMPLETE(Code.DEADLINE_EXCEEDED, 504, Duration.ofSeconds(1)),

  /** Memory for requests in flight is used up. */
  OVER_CAPACITY(Code.RESOURCE_EXHAUSTED, 429, Duration.ofSeconds(1)),

  /** Kafka is away, lacks the topic or in-sync replicas, or did not acknowledge in time. */
  KAFKA_UNAVAILABLE(Code.UNAVAILABLE, 503, Duration.ofSeconds(5)),

  /** This gateway is going away; another one will answer. */
  STOPPING(Code.UNAVAILABLE, 503, Duration.ofSeconds(1)),

  /** A fault of the gateway; logged with its cause. */
  INTERNAL(Code.INTERNAL, 500, null);

  private final Code code;
  private final int httpStatus;
  private final @Nullable Duration delay;

  Refusal(Code code, int httpStatus, @Nullable Duration delay) {
    this.code = code;
    this.httpStatus = httpStatus;
    this.delay = delay;
  }

  /** What a failed send to Kafka is to the client: always retryable, nothing is wrong with it. */
  static Refusal of(Throwable kafkaFailure) {
    return kafkaFailure instanceof BufferExhaustedException ? OVER_CAPACITY : KAFKA_UNAVAILABLE;
  }

  /** Metric label and heading of the runbook: {@code over_capacity}. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  Code code() {
    return code;
  }

  int httpStatus() {
    return httpStatus;
  }

  /** When to send the same request again, unless more is known; empty if never. */
  Optional<Duration> delay() {
    return Optional.ofNullable(delay);
  }
}
