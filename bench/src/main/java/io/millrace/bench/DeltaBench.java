package io.millrace.bench;

import io.millrace.bench.DeliverySide.Lab;
import io.millrace.bench.DeltaSide.Run;
import java.util.List;

/**
 * Delta points from Kafka to cumulative points in Kafka, of many series, beside the Collector's
 * {@code deltatocumulative}. Both sides keep the state of all series from the first interval on.
 */
final class DeltaBench {

  private static final String NAME = "metrics.delta";

  /** The first one makes the state, the others make the JVM compile what it runs. */
  private static final int FIRST_INTERVALS = 3;

  private final Plan plan;
  private final Lab lab;
  private int ourInterval;
  private int theirInterval;

  /**
   * @param plan its items are series
   */
  DeltaBench(Plan plan, Lab lab) {
    this.plan = plan;
    this.lab = lab;
  }

  List<Row> run() {
    if (!plan.wants(NAME)) {
      return List.of();
    }
    DeltaStream stream = new DeltaStream(plan.items());
    stream.make(0);
    plan.say(
        "%s: %d series, records of %d bytes".formatted(NAME, stream.series(), stream.meanBytes()));
    try (DeltaSide ours = DeltaSide.ours(lab);
        DeltaSide theirs = DeltaSide.theirs(lab)) {
      for (int first = 1; first <= FIRST_INTERVALS; first++) {
        plan.say(
            "  interval %d: ours %s; theirs %s"
                .formatted(first, ours(ours, stream), theirs(theirs, stream)));
      }
      return rows(Pairs.measure(plan, () -> ours(ours, stream), () -> theirs(theirs, stream)));
    }
  }

  private Run ours(DeltaSide side, DeltaStream stream) {
    stream.make(ourInterval++);
    return side.run(stream);
  }

  private Run theirs(DeltaSide side, DeltaStream stream) {
    stream.make(theirInterval++);
    return side.run(stream);
  }

  private static List<Row> rows(Pairs<Run> pairs) {
    // Ours is exactly once: what comes twice is as wrong as what does not come.
    long lost =
        pairs.ours().stream().mapToLong(run -> run.lost() + run.repeated()).sum()
            + pairs.theirs().stream().mapToLong(Run::lost).sum();
    return List.of(
        pairs.row(NAME, "us/point", Run::microsPerPoint, lost),
        pairs.row(NAME + ".rate", "points/s", Run::pointsPerSecond, lost),
        pairs.row(NAME + ".memory", "MiB", Run::peakMebibytes, lost),
        pairs.row(NAME + ".state", "bytes/series", Run::bytesPerSeries, lost));
  }
}
