package io.millrace.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that requests hold, from the first one read to the answer, under a limit. What does not
 * fit is refused at once, never queued: a queue would only move the memory. Any thread.
 */
final class Admission {

  private final long maxBytes;
  private final AtomicLong inFlightBytes = new AtomicLong();

  Admission(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The share of a new request, empty as yet. */
  Reservation open() {
    return new Reservation(0);
  }

  private boolean admit(long bytes) {
    long held = inFlightBytes.get();
    // What does not fit is never counted, not even for a moment: others would be refused for it.
    while (bytes <= 0 || held + bytes <= maxBytes) {
      if (inFlightBytes.compareAndSet(held, held + bytes)) {
        return true;
      }
      held = inFlightBytes.get();
    }
    return false;
  }

  long inFlightBytes() {
    return inFlightBytes.get();
  }

  long maxBytes() {
    return maxBytes;
  }

  /**
   * What one request holds. Whoever has it last closes it; after that it holds nothing and takes
   * nothing, so that a late byte of a request that is over cannot leak.
   */
  final class Reservation implements AutoCloseable {

    private long bytes;
    private boolean closed;

    private Reservation(long bytes) {
      this.bytes = bytes;
    }

    /** Takes more. False if it does not fit: then it holds what it held. */
    synchronized boolean grow(long more) {
      return resize(bytes + more);
    }

    /** Holds so much from now on. False if it does not fit: then it holds what it held. */
    synchronized boolean resize(long newBytes) {
      if (closed) {
        return true;
      }
      if (!admit(newBytes - bytes)) {
        return false;
      }
      bytes = newBytes;
      return true;
    }

    /** Moves what this holds to an owner that may outlive it. This one is closed. */
    synchronized Reservation take() {
      Reservation taken = new Reservation(bytes);
      bytes = 0;
      closed = true;
      return taken;
    }

    @Override
    public synchronized void close() {
      admit(-bytes);
      bytes = 0;
      closed = true;
    }

    /** Whether the limit is below so much, whatever others hold. */
    boolean canNeverHold(long bytes) {
      return bytes > maxBytes;
    }

    String overCapacity() {
      return "request does not fit: %d bytes in flight (expected: at most %d together)"
          .formatted(inFlightBytes(), maxBytes);
    }
  }
}
