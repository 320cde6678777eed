package io.millrace.gateway;

import io.millrace.gateway.Answer.Refused;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one tenant may send now. Every refusal says when there will be room. Any thread. */
final class TenantBudget {

  private final LimitConfig limits;
  private final @Nullable TokenBucket bytes;
  private final @Nullable TokenBucket items;

  TenantBudget(LimitConfig limits, LongSupplier nanoTime) {
    this.limits = limits;
    bytes = bucket(limits.bytesPerSecond(), limits.burst(), nanoTime);
    items = bucket(limits.itemsPerSecond(), limits.burst(), nanoTime);
  }

  private static @Nullable TokenBucket bucket(
      long perSecond, Duration burst, LongSupplier nanoTime) {
    return perSecond == 0 ? null : new TokenBucket(perSecond, burst, nanoTime);
  }

  /** Why nothing of this tenant can be taken now, whatever it is; takes nothing. */
  Optional<Refused> closed() {
    return refusedBytes(bytes == null ? 0 : bytes.closedNanos())
        .or(() -> refusedItems(items == null ? 0 : items.closedNanos()));
  }

  /** Why so many bytes cannot be taken; takes them otherwise. */
  Optional<Refused> takeBytes(int count) {
    return refusedBytes(bytes == null ? 0 : bytes.take(count));
  }

  /** Why so many items cannot be taken; takes them otherwise. */
  Optional<Refused> takeItems(int count) {
    return refusedItems(items == null ? 0 : items.take(count));
  }

  /** So many bytes that were taken are not going to be sent after all. */
  void giveBackBytes(int count) {
    if (bytes != null) {
      bytes.giveBack(count);
    }
  }

  /** Whether forgetting this one and making a new one would change nothing. */
  boolean isFull() {
    return (bytes == null || bytes.isFull()) && (items == null || items.isFull());
  }

  private Optional<Refused> refusedBytes(long waitNanos) {
    return refused(waitNanos, limits.bytesPerSecond(), "bytes");
  }

  private Optional<Refused> refusedItems(long waitNanos) {
    return refused(waitNanos, limits.itemsPerSecond(), "items");
  }

  private static Optional<Refused> refused(long waitNanos, long perSecond, String what) {
    if (waitNanos == 0) {
      return Optional.empty();
    }
    // Retry-After has whole seconds.
    Duration delay =
        Duration.ofSeconds(Duration.ofNanos(waitNanos).plusNanos(999_999_999).toSeconds());
    return Optional.of(
        new Refused(
            Refusal.OVER_TENANT_LIMIT,
            "tenant: over its limit (expected: at most %d %s per second)"
                .formatted(perSecond, what),
            Optional.of(delay)));
  }
}
