package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A backend that refuses a request whenever one item in it is bad; lines are their numbers. */
class BisectionTest {

  private static final Answer.Refused NO = new Answer.Refused(DeadReason.TOO_OLD, "no");

  private final Lane lane = new Lane(new BatchConfig(1 << 20, Duration.ZERO));
  private final List<Integer> delivered = new ArrayList<>();
  private final List<List<Integer>> dead = new ArrayList<>();
  private int requests;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldFindEveryRefusedItemOfEveryRecord(long seed) throws Exception {
    // Given records of up to 300 lines, some of them refused
    Random random = new Random(seed);
    Set<Integer> bad = new HashSet<>();
    List<Held> all = new ArrayList<>();
    int next = 0;
    for (int offset = 0; offset < 6; offset++) {
      int lines = 1 + random.nextInt(300);
      for (int i = random.nextInt(10); i > 0; i--) {
        bad.add(next + random.nextInt(lines));
      }
      all.add(held(offset, next, lines));
      next += lines;
    }
    // When
    all.forEach(held -> lane.add(held, 0));
    deliver(bad);
    // Then each line has one outcome, in order, and the bad ones stand alone
    TreeSet<Integer> good = new TreeSet<>(IntStream.range(0, next).boxed().toList());
    good.removeAll(bad);
    assertThat(delivered).containsExactlyElementsOf(good);
    assertThat(dead).containsExactlyElementsOf(new TreeSet<>(bad).stream().map(List::of).toList());
    assertThat(all).allMatch(Held::isSettled);
    // and each of them cost no more requests than twice the levels above it
    assertThat(requests).isLessThanOrEqualTo(1 + 2 * bad.size() * (3 + 9));
  }

  @Test
  void shouldNotAskForEachItemWhenAllAreRefused() throws Exception {
    Held held = held(0, 0, 5000);
    lane.add(held, 0);
    deliver(new HashSet<>(IntStream.range(0, 5000).boxed().toList()));

    assertThat(delivered).isEmpty();
    assertThat(dead.stream().flatMap(List::stream).toList())
        .containsExactlyElementsOf(IntStream.range(0, 5000).boxed().toList());
    assertThat(held.isSettled()).isTrue();
    assertThat(requests).isLessThanOrEqualTo(1 + 2 * 64 * 13);
  }

  @Test
  void shouldFindSixtyFourRefusedItemsWhereverTheyAre() throws Exception {
    Set<Integer> bad = new HashSet<>();
    for (int i = 0; i < 64; i++) {
      bad.add(i * 1000 + 17);
    }
    lane.add(held(0, 0, 64_000), 0);
    deliver(bad);
    assertThat(delivered).hasSize(64_000 - 64);
    assertThat(dead).hasSize(64).allMatch(letter -> letter.size() == 1);
  }

  @Test
  void shouldNotCutARecordWhoseItemsAreNotWhatItsStageSaid() throws Exception {
    byte[] value = lines(0, 10);
    lane.add(new Held(record(0, value), new Staged(value, 11, 0)), 0);
    deliver(Set.of(3));
    assertThat(dead).hasSize(1);
    assertThat(dead.get(0)).hasSize(10);
  }

  /** What the loop does with a lane, without Kafka. */
  private void deliver(Set<Integer> bad) throws Exception {
    lane.closeBatch();
    Shipment shipment;
    while ((shipment = lane.takeDue(0, 1)) != null) {
      if (shipment.dead != null) {
        assertThat(shipment.dead).isEqualTo(NO);
        Part part = shipment.parts.get(0);
        dead.add(numbers(List.of(part.letter(Signal.LOGS))));
        part.held().settle(part.items());
        lane.accepted(shipment);
        continue;
      }
      requests++;
      List<Integer> numbers = numbers(shipment.batch(Signal.LOGS).values());
      if (numbers.stream().anyMatch(bad::contains)) {
        lane.replace(shipment.bisect(Signal.LOGS, NO));
      } else {
        assertThat(numbers).hasSize(shipment.items());
        delivered.addAll(numbers);
        shipment.parts.forEach(part -> part.held().settle(part.items()));
        lane.accepted(shipment);
      }
    }
  }

  private static List<Integer> numbers(List<byte[]> values) throws Exception {
    List<Integer> numbers = new ArrayList<>();
    for (byte[] value : values) {
      for (ResourceLogs logs : ExportLogsServiceRequest.parseFrom(value).getResourceLogsList()) {
        assertThat(logs.getResource().getAttributes(0).getKey()).isEqualTo("host.name");
        for (ScopeLogs scope : logs.getScopeLogsList()) {
          scope.getLogRecordsList().forEach(log -> numbers.add((int) log.getTimeUnixNano()));
        }
      }
    }
    return numbers;
  }

  private static Held held(long offset, int from, int lines) {
    byte[] value = lines(from, lines);
    return new Held(record(offset, value), new Staged(value, lines, 0));
  }

  private static byte[] lines(int from, int lines) {
    ResourceLogs.Builder resource = ResourceLogs.newBuilder();
    resource
        .getResourceBuilder()
        .addAttributes(
            KeyValue.newBuilder()
                .setKey("host.name")
                .setValue(AnyValue.newBuilder().setStringValue("a")));
    for (int number = from; number < from + lines; number++) {
      if (number == from || number % 100 == 0) {
        resource.addScopeLogsBuilder();
      }
      resource
          .getScopeLogsBuilder(resource.getScopeLogsCount() - 1)
          .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(number));
    }
    return ExportLogsServiceRequest.newBuilder().addResourceLogs(resource).build().toByteArray();
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, byte[] value) {
    return new ConsumerRecord<>(
        "t",
        0,
        offset,
        0,
        TimestampType.LOG_APPEND_TIME,
        0,
        value.length,
        null,
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
