package io.millrace.delivery;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of dead letters: of the first of each reason at once, then of how many more there were,
 * every ten seconds at most. A backend may refuse every line of a day; the log must not hold a line
 * for each. Loop thread only.
 */
final class DeadLetterLog {

  private static final Logger log = LoggerFactory.getLogger(DeadLetterLog.class);

  private static final Duration QUIET = Duration.ofSeconds(10);

  /**
   * The first attempt on a topic fails as a rule: it makes the client ask for the topic's leaders.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Ticker ticker;
  private final Map<DeadReason, Said> said = new EnumMap<>(DeadReason.class);
  private long waitingSinceNanos;
  private boolean isWaiting;
  private boolean saidWaiting;

  private static final class Said {

    private long atNanos;
    private long itemsSince;
  }

  DeadLetterLog(Ticker ticker) {
    this.ticker = ticker;
  }

  /** A letter could not be stored, and will be tried again. */
  void waiting(Answer.Busy busy) {
    long now = ticker.nanos();
    if (!isWaiting) {
      isWaiting = true;
      waitingSinceNanos = now;
    } else if (!saidWaiting && now - waitingSinceNanos >= PATIENCE.toNanos()) {
      saidWaiting = true;
      log.warn("dead-letters-wait: they cannot be stored and will be tried again: {}", busy.why());
    }
  }

  void stored(Part part, Answer.Refused why) {
    long now = ticker.nanos();
    isWaiting = false;
    if (saidWaiting) {
      saidWaiting = false;
      log.info("dead letters are stored again");
    }
    Said last = said.get(why.reason());
    if (last != null && now - last.atNanos < QUIET.toNanos()) {
      last.itemsSince += part.items();
      return;
    }
    ConsumerRecord<byte[], byte[]> record = part.held().record;
    log.warn(
        "dead-letter: {}-{} offset {}: {} of {} items: {}: {}{}",
        record.topic(),
        record.partition(),
        record.offset(),
        part.items(),
        part.held().items,
        why.reason().id(),
        why.message(),
        last == null || last.itemsSince == 0
            ? ""
            : " (and %d items more since the last line)".formatted(last.itemsSince));
    Said next = new Said();
    next.atNanos = now;
    said.put(why.reason(), next);
  }
}
