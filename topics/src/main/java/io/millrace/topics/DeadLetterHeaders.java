package io.millrace.topics;

/**
 * Names of the headers that say why a record is a dead letter, and of those that lead it back. Who
 * reads dead letters knows no more of who writes them. Values are UTF-8 text.
 */
public final class DeadLetterHeaders {

  /** What all of them but {@link #REDRIVEN} and {@link #REDRIVEN_TO} begin with. */
  public static final String PREFIX = "millrace-dead-";

  /** Id of the reason, as in metrics and the runbook. */
  public static final String REASON = PREFIX + "reason";

  /** The backend's words, up to 1 KiB. */
  public static final String MESSAGE = PREFIX + "message";

  /** Where the record came from. */
  public static final String TOPIC = PREFIX + "topic";

  public static final String PARTITION = PREFIX + "partition";
  public static final String OFFSET = PREFIX + "offset";

  /** Append time of the record it came from, in milliseconds since the epoch. */
  public static final String TIMESTAMP = PREFIX + "timestamp";

  /** Name of the destination that refused it. */
  public static final String DESTINATION = PREFIX + "destination";

  /** How many requests with these items the destination was sent; 0 if it never came to that. */
  public static final String ATTEMPTS = PREFIX + "attempts";

  /** Version of Millrace that put it there. */
  public static final String VERSION = PREFIX + "version";

  /**
   * On a record that is no dead letter but says what became of letters before it in its partition:
   * {@code redriven} or {@code dropped}; its value lists their offsets.
   */
  public static final String MARK = PREFIX + "mark";

  /** On a record redriven, and on the letter it becomes once more: how many times it was. */
  public static final String REDRIVEN = "millrace-redriven";

  /** On a record redriven: the destination it is for; others leave it alone. */
  public static final String REDRIVEN_TO = "millrace-redriven-to";

  private DeadLetterHeaders() {}
}
