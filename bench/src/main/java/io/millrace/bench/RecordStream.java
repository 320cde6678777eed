package io.millrace.bench;

import com.google.protobuf.MessageLite;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Records to fill topics with, all of them different: so many that none is compressed together with
 * itself. The records of a process lie in one partition, as the gateway puts them.
 */
final class RecordStream {

  /** Of a hundred processes a partition. */
  static final int PROCESSES = 100 * BrokerProcess.PARTITIONS;

  private static final int ROUNDS = 2;

  /**
   * @param items in it
   * @param arriving what a backend counts of it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Made(byte[] value, int items, int arriving) {}

  private final List<Made> records;
  private int next;

  private RecordStream(List<Made> records) {
    this.records = records;
  }

  /**
   * @param make makes a record by number; those of one process are {@link #PROCESSES} apart
   * @param items of each record
   * @param arriving what a backend is to count of it
   */
  static <M extends MessageLite> RecordStream of(
      IntFunction<M> make, int items, ToIntFunction<M> arriving) {
    return new RecordStream(
        IntStream.range(0, ROUNDS * PROCESSES)
            .mapToObj(make)
            .map(made -> new Made(made.toByteArray(), items, arriving.applyAsInt(made)))
            .toList());
  }

  int meanBytes() {
    return (int) records.stream().mapToInt(made -> made.value.length).average().orElseThrow();
  }

  /** What was put into a topic, and what of it a backend is to count. */
  record Filled(long items, long arriving) {}

  /** Returns when Kafka has it. */
  Filled fill(BrokerProcess broker, String topic, long items) {
    long filled = 0;
    long arriving = 0;
    try (TopicFeed feed = new TopicFeed(broker, topic)) {
      while (filled < items) {
        Made made = records.get(next % records.size());
        feed.send(next % PROCESSES % BrokerProcess.PARTITIONS, null, made.value);
        next++;
        filled += made.items;
        arriving += made.arriving;
      }
    }
    return new Filled(filled, arriving);
  }
}
