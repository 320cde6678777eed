package io.millrace.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of all requests between arrival and answer, held under a limit. What does not fit is
 * refused at once, never queued: a queue would only move the memory. Any thread.
 */
final class Admission {

  private final long maxBytes;
  private final AtomicLong inFlightBytes = new AtomicLong();

  Admission(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes room for a request; whoever gets true must {@link #release} the same number once. */
  boolean admit(int bytes) {
    if (inFlightBytes.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    release(bytes);
    return false;
  }

  void release(int bytes) {
    inFlightBytes.addAndGet(-bytes);
  }

  long inFlightBytes() {
    return inFlightBytes.get();
  }

  long maxBytes() {
    return maxBytes;
  }
}
