package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettledTest {

  private final Settled settled = new Settled();

  @Test
  void shouldCommitNothingBeforeTheFirstRecordIsSettled() {
    Held first = add(10);
    Held second = add(11);

    settle(second);
    assertThat(settled.committable()).isEqualTo(-1);

    settle(first);
    assertThat(settled.committable()).isEqualTo(12);
    assertThat(settled.isEmpty()).isTrue();
  }

  @Test
  void shouldCommitPastGapsInOffsets() {
    Held first = add(10);
    Held afterGap = add(20);
    settle(first);
    assertThat(settled.committable()).isEqualTo(20);
    settle(afterGap);
    assertThat(settled.committable()).isEqualTo(21);
  }

  @Test
  void shouldCommitWhatTheConsumerHasPassedOnlyWhenNothingIsOwed() {
    Held first = add(10);
    settled.passed(20);
    assertThat(settled.committable()).isEqualTo(-1);
    settle(first);
    settled.passed(20);
    assertThat(settled.committable()).isEqualTo(20);
    settled.passed(15);
    assertThat(settled.committable()).isEqualTo(20);
  }

  @Test
  void shouldTellTheOldestUnsettledRecord() {
    assertThat(settled.oldestTimestamp()).isEqualTo(-1);
    Held first = add(10);
    add(11);
    settle(first);
    assertThat(settled.oldestTimestamp()).isEqualTo(1011);
    assertThat(settled.unsettled()).extracting(held -> held.record.offset()).containsExactly(11L);
  }

  @Test
  void shouldKeepNothingOfWhatIsSettledBehindARecordThatWaits() {
    add(10);
    Held second = add(11);

    settle(second);

    assertThat(settled.unsettled()).extracting(held -> held.record.offset()).containsExactly(10L);
    assertThat(settled.committable()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldNeverCommitPastAnUnsettledRecord(long seed) {
    Random random = new Random(seed);
    List<Held> open = new ArrayList<>();
    long next = 0;
    for (int step = 0; step < 2000; step++) {
      if (random.nextInt(3) > 0) {
        open.add(add(next));
        next += 1 + random.nextInt(3);
      } else if (!open.isEmpty()) {
        settle(open.remove(random.nextInt(open.size())));
      }
      long oldestOpen =
          open.stream().mapToLong(held -> held.record.offset()).min().orElse(Long.MAX_VALUE);
      assertThat(settled.committable()).isLessThanOrEqualTo(oldestOpen);
    }
    open.forEach(this::settle);
    assertThat(settled.isEmpty()).isTrue();
  }

  private void settle(Held held) {
    held.settle(1);
    settled.remove(held);
  }

  private Held add(long offset) {
    var record =
        new ConsumerRecord<byte[], byte[]>(
            "t",
            0,
            offset,
            1000 + offset,
            org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME,
            0,
            1,
            null,
            new byte[] {1},
            new org.apache.kafka.common.header.internals.RecordHeaders(),
            java.util.Optional.empty());
    Held held = new Held(record, new Staged(record.value(), 1, 0));
    settled.add(held);
    return held;
  }
}
