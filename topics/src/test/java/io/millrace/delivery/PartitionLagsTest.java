package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PartitionLagsTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final PartitionLags lags =
      new PartitionLags(registry, Tags.of("signal", "logs"), Clock.fixed(NOW, ZoneOffset.UTC));
  private final AssignedPartition partition =
      new AssignedPartition(new TopicPartition("logs", 3), BatchConfig.DEFAULT, 100);

  @Test
  void shouldTellWhatIsLeftOfAPartition() {
    // Given two records that wait, and three more in the log
    partition.polled(List.of(record(5, 90, 100), record(6, 80, 164)));
    partition.positioned(7);
    // When
    lags.turned(List.of(partition), it -> 10);
    // Then the second has moved the average by a part
    assertThat(figure("records")).isEqualTo(5);
    assertThat(figure("bytes")).isEqualTo(5 * 101.0);
    assertThat(figure("seconds")).isEqualTo(90);
    // When both are settled
    partition.taken();
    partition.taken();
    lags.turned(List.of(partition), it -> 10);
    // Then
    assertThat(figure("records")).isEqualTo(3);
    assertThat(figure("seconds")).isZero();
  }

  @Test
  void shouldTellNothingOfWhatIsAnothersNow() {
    lags.turned(List.of(partition), it -> 10);
    assertThat(registry.getMeters()).hasSize(3);

    lags.turned(List.of(), it -> 10);

    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void shouldTakeNothingBehindTheEndOfAnExtent() {
    partition.polled(List.of(record(99, 1, 10), record(100, 1, 10)));
    partition.positioned(101);

    partition.taken();

    assertThat(partition.next()).isNull();
    assertThat(partition.isRead()).isTrue();
    assertThat(partition.uncommitted()).isEqualTo(100);
  }

  private double figure(String unit) {
    return registry
        .get("millrace.partition.lag." + unit)
        .tags("signal", "logs", "partition", "3")
        .gauge()
        .value();
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, int secondsAgo, int bytes) {
    return new ConsumerRecord<>(
        "logs",
        3,
        offset,
        NOW.minusSeconds(secondsAgo).toEpochMilli(),
        TimestampType.LOG_APPEND_TIME,
        0,
        bytes,
        new byte[0],
        new byte[bytes],
        new RecordHeaders(),
        Optional.empty());
  }
}
