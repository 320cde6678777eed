package io.millrace.delivery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one tenant's records of one partition to the destination: an open batch, then what is
 * ready to be sent, then what is under way. A lane that is told to wait holds up no other. Loop
 * thread only.
 */
final class Lane {

  private final BatchConfig config;
  private final ArrayDeque<Shipment> ready = new ArrayDeque<>();
  private @Nullable Shipment open;
  private int underWay;
  private int failures;
  private long notBeforeNanos;

  Lane(BatchConfig config) {
    this.config = config;
  }

  /** Puts a record into the open batch, closing it before or after where its size asks for it. */
  void add(Held held, long nowNanos) {
    if (open != null && open.bytes() + held.value.length > config.maxBytes()) {
      closeBatch();
    }
    if (open == null) {
      open = Shipment.open(nowNanos);
    }
    open.add(held);
    if (open.bytes() >= config.maxBytes()) {
      closeBatch();
    }
  }

  /** Queues one record for the dead-letter topic. */
  void addDead(Held held, Answer.Refused why) {
    ready.addFirst(Shipment.dead(Part.whole(held), why));
  }

  void closeBatch() {
    if (open != null) {
      ready.addLast(open);
      open = null;
    }
  }

  /** The next shipment that may leave now, taken off the queue; null if there is none. */
  @Nullable Shipment takeDue(long nowNanos, int maxUnderWay) {
    if (open != null && open.ageNanos(nowNanos) >= config.maxWait().toNanos()) {
      closeBatch();
    }
    if (ready.isEmpty() || underWay >= maxUnderWay || isWaiting(nowNanos)) {
      return null;
    }
    underWay++;
    return ready.removeFirst();
  }

  /** Nanoseconds until something may leave, as far as time alone decides it. */
  long nanosUntilDue(long nowNanos) {
    long due = Long.MAX_VALUE;
    if (open != null) {
      due = config.maxWait().toNanos() - open.ageNanos(nowNanos);
    }
    if (!ready.isEmpty()) {
      due = Math.min(due, failures > 0 ? notBeforeNanos - nowNanos : 0);
    }
    return due;
  }

  void accepted() {
    underWay--;
    failures = 0;
  }

  /**
   * Keeps a shipment for another attempt, ahead of what came after it. Answers that come while the
   * lane waits already are of the same failure: they do not lengthen the wait.
   *
   * @param asked how long the backend asked to wait, or zero
   */
  void busy(Shipment shipment, long nowNanos, Backoff backoff, Duration asked) {
    underWay--;
    ready.addFirst(shipment);
    if (!isWaiting(nowNanos)) {
      failures++;
      notBeforeNanos = nowNanos + backoff.nanos(failures, asked);
    }
  }

  /** A refused shipment comes back as what is to be sent in its place, in order. */
  void replace(List<Shipment> parts) {
    underWay--;
    failures = 0;
    for (int i = parts.size() - 1; i >= 0; i--) {
      ready.addFirst(parts.get(i));
    }
  }

  boolean isIdle() {
    return open == null && ready.isEmpty() && underWay == 0;
  }

  private boolean isWaiting(long nowNanos) {
    return failures > 0 && notBeforeNanos - nowNanos > 0;
  }
}
