package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DeadLetterLogTest {

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(DeadLetterLog.class);
  private long nanos;
  private final DeadLetterLog log = new DeadLetterLog(() -> nanos);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  void shouldTellOfTheFirstAndThenOfHowManyMore() {
    stored(DeadReason.TOO_OLD);
    stored(DeadReason.TOO_OLD);
    stored(DeadReason.TOO_LARGE);
    nanos = Duration.ofSeconds(10).toNanos() - 1;
    stored(DeadReason.TOO_OLD);
    nanos++;
    stored(DeadReason.TOO_OLD);

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "dead-letter: t-0 offset 7: 3 of 3 items: too_old: no",
            "dead-letter: t-0 offset 7: 3 of 3 items: too_large: no",
            "dead-letter: t-0 offset 7: 3 of 3 items: too_old: no"
                + " (and 6 items more since the last line)");
  }

  /** The first attempt on a topic fails as a rule, at once. */
  @Test
  void shouldTellOnceOfLettersThatCannotBeStoredForAWhile() {
    Answer.Busy busy = new Answer.Busy(Duration.ZERO, "dead-letter topic t: no leader");
    log.waiting(busy);
    stored(DeadReason.TOO_OLD);
    log.waiting(busy);
    nanos += Duration.ofSeconds(5).toNanos() - 1;
    log.waiting(busy);
    assertThat(lines.list).hasSize(1);
    nanos++;
    log.waiting(busy);
    log.waiting(busy);
    stored(DeadReason.TOO_LARGE);
    stored(DeadReason.TOO_LARGE);

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "dead-letter: t-0 offset 7: 3 of 3 items: too_old: no",
            "dead-letters-wait: they cannot be stored and will be tried again: dead-letter topic t:"
                + " no leader",
            "dead letters are stored again",
            "dead-letter: t-0 offset 7: 3 of 3 items: too_large: no");
  }

  private void stored(DeadReason reason) {
    byte[] value = {1};
    Held held = new Held(new ConsumerRecord<>("t", 0, 7, null, value), new Staged(value, 3, 0));
    log.stored(Part.whole(held), new Answer.Refused(reason, "no"));
  }
}
