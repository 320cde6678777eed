package io.millrace.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Delta points of many processes, interval by interval: each series has one point in each. The
 * records of a process lie in one partition.
 */
final class DeltaStream {

  /** Of a record, which is what one process has counted in an interval. */
  static final int POINTS = 102;

  private final Telemetry telemetry = new Telemetry(7);
  private final int processes;
  private int interval = -1;
  private List<byte[]> records = List.of();

  DeltaStream(long series) {
    processes = (int) (series / POINTS);
  }

  /** All series, and so the points of an interval. */
  long series() {
    return (long) processes * POINTS;
  }

  /** Makes the records of an interval; they are kept until another is made. */
  void make(int number) {
    if (number != interval) {
      interval = number;
      records =
          IntStream.range(0, processes)
              .mapToObj(process -> telemetry.deltas(process, number).toByteArray())
              .toList();
    }
  }

  int meanBytes() {
    return (int) records.stream().mapToInt(record -> record.length).average().orElseThrow();
  }

  /** Returns when Kafka has the interval that was made last. */
  void fill(BrokerProcess broker, String topic) {
    try (TopicFeed feed = new TopicFeed(broker, topic)) {
      for (int process = 0; process < processes; process++) {
        feed.send(process % BrokerProcess.PARTITIONS, null, records.get(process));
      }
    }
  }
}
