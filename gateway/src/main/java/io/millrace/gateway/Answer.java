package io.millrace.gateway;

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
   */
  record Refused(Refusal reason, String message) implements Answer {}
}
