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

  private void stored(DeadReason reason) {
    byte[] value = {1};
    Held held = new Held(new ConsumerRecord<>("t", 0, 7, null, value), new Staged(value, 3, 0));
    log.stored(Part.whole(held), new Answer.Refused(reason, "no"));
  }
}
