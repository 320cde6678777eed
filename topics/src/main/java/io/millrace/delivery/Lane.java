package io.millrace.delivery;

import io.millrace.otlp.Signal;
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

  /**
   * A batch that was over a limit so often may be more than the backend ever lets through at once,
   * say more than a tenant's burst.
   */
  private static final int OVER_LIMIT = 3;

  private final BatchConfig config;
  private final ArrayDeque<Shipment> ready = new ArrayDeque<>();
  private @Nullable Shipment open;
  private int underWay;
  private int failures;
  private long notBeforeNanos;

  /** Items that pass a limit which more of them did not pass, as far as it was tried. */
  private int passing = Integer.MAX_VALUE;

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

  void accepted(Shipment shipment) {
    underWay--;
    failures = 0;
    if (shipment.dead == null) {
      passing = Math.max(passing, shipment.items());
    }
  }

  /**
   * What goes on in the place of a shipment that was over a limit, in order: itself, or two halves
   * if it was so again and again. Only what stands first is halved while a limit lasts, so however
   * long that is, a batch becomes a few shipments and not one for each item.
   */
  List<Shipment> overLimit(Shipment shipment, Signal signal) {
    boolean isTooMuch = shipment.overLimit() >= OVER_LIMIT || shipment.items() > passing;
    if (!isTooMuch || !shipment.isDivisible(signal)) {
      return List.of(shipment);
    }
    List<Shipment> halves = shipment.halves();
    passing = Math.min(passing, Math.max(halves.get(0).items(), halves.get(1).items()));
    failures = Math.min(failures, 1); // another attempt, not one more of the same
    return halves;
  }

  /**
   * Keeps a shipment for another attempt, ahead of what came after it. Answers that come while the
   * lane waits already are of the same failure: they do not lengthen the wait.
   *
   * @param again the shipment, or what is to be sent in its place, in order
   * @param asked how long the backend asked to wait, or zero
   */
  void busy(List<Shipment> again, long nowNanos, Backoff backoff, Duration asked) {
    underWay--;
    addFirst(again);
    if (!isWaiting(nowNanos)) {
      failures++;
      notBeforeNanos = nowNanos + backoff.nanos(failures, asked);
    }
  }

  /** A refused shipment comes back as what is to be sent in its place, in order. */
  void replace(List<Shipment> parts) {
    underWay--;
    failures = 0;
    addFirst(parts);
  }

  private void addFirst(List<Shipment> shipments) {
    for (int i = shipments.size() - 1; i >= 0; i--) {
      ready.addFirst(shipments.get(i));
    }
  }

  boolean isIdle() {
    return open == null && ready.isEmpty() && underWay == 0;
  }

  private boolean isWaiting(long nowNanos) {
    return failures > 0 && notBeforeNanos - nowNanos > 0;
  }
}
