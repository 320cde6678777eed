package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class LaneTest {

  private static final long MILLI = 1_000_000;

  private final Lane lane = new Lane(new BatchConfig(100, Duration.ofMillis(200)));
  private final Backoff backoff =
      new Backoff(new RetryConfig(Duration.ofMillis(100), Duration.ofSeconds(1)), new Random(1));

  @Test
  void shouldCloseABatchAtItsAgeAndNotAMillisecondBefore() {
    lane.add(held(0, 10), 0);
    assertThat(lane.takeDue(199 * MILLI, 1)).isNull();
    assertThat(lane.nanosUntilDue(199 * MILLI)).isEqualTo(MILLI);
    assertThat(lane.takeDue(200 * MILLI, 1)).isNotNull();
  }

  @Test
  void shouldCloseABatchAtItsSizeAndNotAByteBefore() {
    lane.add(held(0, 60), 0);
    lane.add(held(1, 39), 0);
    assertThat(lane.takeDue(0, 1)).isNull();
    lane.add(held(2, 1), 0);
    assertThat(lane.takeDue(0, 1).parts).hasSize(3);
  }

  @Test
  void shouldLetARecordThatDoesNotFitTravelInTheNextBatch() {
    lane.add(held(0, 60), 0);
    lane.add(held(1, 60), 0);
    assertThat(lane.takeDue(0, 2).parts).hasSize(1);
    assertThat(lane.takeDue(0, 2)).isNull();
    lane.add(held(2, 500), 0);
    assertThat(lane.takeDue(0, 2).parts)
        .extracting(part -> part.held().record.offset())
        .containsExactly(1L);
    assertThat(lane.takeDue(0, 3).parts)
        .extracting(part -> part.held().record.offset())
        .containsExactly(2L);
    assertThat(lane.isIdle()).isFalse();
  }

  @Test
  void shouldKeepNoMoreUnderWayThanAllowed() {
    lane.add(held(0, 100), 0);
    lane.add(held(1, 100), 0);
    assertThat(lane.takeDue(0, 1)).isNotNull();
    assertThat(lane.takeDue(0, 1)).isNull();
    lane.accepted();
    assertThat(lane.takeDue(0, 1)).isNotNull();
    lane.accepted();
    assertThat(lane.isIdle()).isTrue();
  }

  @Test
  void shouldSendABusyBatchAgainBeforeWhatCameAfterIt() {
    lane.add(held(0, 100), 0);
    lane.add(held(1, 100), 0);
    Shipment first = lane.takeDue(0, 1);

    lane.busy(first, 0, backoff, Duration.ofSeconds(2));

    assertThat(lane.takeDue(2000 * MILLI - 1, 1)).isNull();
    assertThat(lane.takeDue(2000 * MILLI, 1)).isSameAs(first);
  }

  @Test
  void shouldCountAnswersOfTheSameOutageOnce() {
    lane.add(held(0, 100), 0);
    lane.add(held(1, 100), 0);
    Shipment first = lane.takeDue(0, 2);
    Shipment second = lane.takeDue(0, 2);

    lane.busy(first, 0, backoff, Duration.ZERO);
    lane.busy(second, 1, backoff, Duration.ZERO);

    assertThat(lane.nanosUntilDue(0)).isBetween(50 * MILLI, 100 * MILLI);
  }

  @Test
  void shouldBisectInOrder() {
    for (int i = 0; i < 5; i++) {
      lane.add(held(i, 20), 0);
    }
    Shipment all = lane.takeDue(0, 1);
    lane.replace(all.bisect(Signal.LOGS, new Answer.Refused(DeadReason.REFUSED, "no")));
    assertThat(lane.takeDue(0, 1).parts)
        .extracting(part -> part.held().record.offset())
        .containsExactly(0L, 1L);
    lane.accepted();
    assertThat(lane.takeDue(0, 1).parts)
        .extracting(part -> part.held().record.offset())
        .containsExactly(2L, 3L, 4L);
  }

  private static Held held(long offset, int bytes) {
    var record =
        new ConsumerRecord<byte[], byte[]>(
            "t",
            0,
            offset,
            0,
            TimestampType.LOG_APPEND_TIME,
            0,
            bytes,
            null,
            new byte[bytes],
            new RecordHeaders(),
            Optional.empty());
    return new Held(record, new Staged(record.value(), 1, 0));
  }
}
