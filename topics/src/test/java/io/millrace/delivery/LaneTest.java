package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    Shipment first = lane.takeDue(0, 1);
    assertThat(first).isNotNull();
    assertThat(lane.takeDue(0, 1)).isNull();
    lane.accepted(first);
    Shipment second = lane.takeDue(0, 1);
    assertThat(second).isNotNull();
    lane.accepted(second);
    assertThat(lane.isIdle()).isTrue();
  }

  @Test
  void shouldSendABusyBatchAgainBeforeWhatCameAfterIt() {
    lane.add(held(0, 100), 0);
    lane.add(held(1, 100), 0);
    Shipment first = lane.takeDue(0, 1);

    lane.busy(List.of(first), 0, backoff, Duration.ofSeconds(2));

    assertThat(lane.takeDue(2000 * MILLI - 1, 1)).isNull();
    assertThat(lane.takeDue(2000 * MILLI, 1)).isSameAs(first);
  }

  @Test
  void shouldCountAnswersOfTheSameOutageOnce() {
    lane.add(held(0, 100), 0);
    lane.add(held(1, 100), 0);
    Shipment first = lane.takeDue(0, 2);
    Shipment second = lane.takeDue(0, 2);

    lane.busy(List.of(first), 0, backoff, Duration.ZERO);
    lane.busy(List.of(second), 1, backoff, Duration.ZERO);

    assertThat(lane.nanosUntilDue(0)).isBetween(50 * MILLI, 100 * MILLI);
  }

  @Test
  void shouldBisectInOrder() {
    for (int i = 0; i < 5; i++) {
      lane.add(held(i, 20), 0);
    }
    Shipment all = lane.takeDue(0, 1);
    lane.replace(all.bisect(Signal.LOGS, new Answer.Refused(DeadReason.REFUSED, "no")));
    Shipment first = lane.takeDue(0, 1);
    assertThat(first.parts).extracting(part -> part.held().record.offset()).containsExactly(0L, 1L);
    lane.accepted(first);
    assertThat(lane.takeDue(0, 1).parts)
        .extracting(part -> part.held().record.offset())
        .containsExactly(2L, 3L, 4L);
  }

  /** A backend that lets through so many items at once and no more, however long one waits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 99, 100})
  void shouldHalveWhatIsMoreThanABackendEverLetsThrough(int burst) {
    // Given
    for (int i = 0; i < 100; i++) {
      lane.add(held(i, 1), 0);
    }
    // When
    long now = 0;
    int refused = 0;
    List<Long> delivered = new ArrayList<>();
    while (!lane.isIdle()) {
      now += 2000 * MILLI;
      Shipment shipment = lane.takeDue(now, 1);
      if (shipment.items() > burst) {
        refused++;
        lane.busy(lane.overLimit(shipment, Signal.LOGS), now, backoff, Duration.ZERO);
      } else {
        shipment.parts.forEach(part -> delivered.add(part.held().record.offset()));
        lane.accepted(shipment);
      }
    }
    // Then all of it passes, in order, and what was learned is not learned again for each half
    assertThat(delivered).isSorted().hasSize(100);
    assertThat(refused).isLessThanOrEqualTo(burst == 100 ? 0 : 2 + 2 * 100 / burst);
  }

  @Test
  void shouldHalveOnlyWhatStandsFirstWhileALimitLasts() {
    for (int i = 0; i < 100; i++) {
      lane.add(held(i, 1), 0);
    }
    // When it lets nothing through for very long
    for (int attempt = 1; attempt < 500; attempt++) {
      Shipment shipment = lane.takeDue(attempt * 2000 * MILLI, 1);
      lane.busy(
          lane.overLimit(shipment, Signal.LOGS), attempt * 2000 * MILLI, backoff, Duration.ZERO);
    }
    // Then the batch has become few shipments
    List<Integer> items = new ArrayList<>();
    while (!lane.isIdle()) {
      Shipment shipment = lane.takeDue(2_000_000 * MILLI, 1);
      items.add(shipment.items());
      lane.accepted(shipment);
    }
    assertThat(items).containsExactly(1, 2, 3, 6, 13, 25, 50);
  }

  @Test
  void shouldTryABatchAgainBeforeItIsHalved() {
    lane.add(held(0, 50), 0);
    lane.add(held(1, 50), 0);
    Shipment both = lane.takeDue(0, 1);
    assertThat(lane.overLimit(both, Signal.LOGS)).containsExactly(both);
    assertThat(lane.overLimit(both, Signal.LOGS)).containsExactly(both);
    assertThat(lane.overLimit(both, Signal.LOGS)).hasSize(2);
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
