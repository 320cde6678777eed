package io.millrace.delivery;

import java.time.Duration;

/** What became of one batch at its destination. A batch has exactly one answer at a time. */
public sealed interface Answer {

  /**
   * Stored by the backend; its records are settled.
   *
   * @param rejectedItems items the backend says it did not store (OTLP partial success), at most
   *     the batch's items. By the specification they must not be sent again
   * @param message the backend's words about them, or empty
   */
  record Accepted(long rejectedItems, String message) implements Answer {

    public static final Accepted ALL = new Accepted(0, "");
  }

  /**
   * Could be stored later: the batch is kept and sent again.
   *
   * @param notBefore how long the backend asks to wait ({@code Retry-After}, RetryInfo); zero if it
   *     does not say
   * @param overLimit whether it is too much by the backend's limits. It may then be too much at
   *     once for ever: a batch that is told so again and again is sent in halves
   * @param why one line for the log, never the payload
   */
  record Busy(Duration notBefore, boolean overLimit, String why) implements Answer {

    public Busy(Duration notBefore, String why) {
      this(notBefore, false, why);
    }
  }

  /**
   * Can never be stored as it is. A batch of several records is bisected; a single record goes to
   * the dead-letter topic.
   *
   * @param message the backend's words, for the dead letter's header
   */
  record Refused(DeadReason reason, String message) implements Answer {}
}
