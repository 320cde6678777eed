package io.millrace.bench;

import io.millrace.bench.DeliverySide.Lab;
import io.millrace.bench.DeliverySide.Run;
import io.millrace.bench.DeliverySide.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A processor that delivers beside the Collector: CPU of the process from Kafka to the backend's
 * answer per item, peak memory, bytes of the requests. Both run all the time, on topics of their
 * own that are filled in turn with the same.
 */
final class DeliveryBench {

  /**
   * One way from Kafka to a backend.
   *
   * @param name such as {@code logs.otlp.gzip}
   * @param unit an item, such as {@code line}
   * @param stream of what the topics are filled with
   */
  record Case(String name, String unit, Supplier<RecordStream> stream, Setup ours, Setup theirs) {}

  private final Plan plan;
  private final Lab lab;

  DeliveryBench(Plan plan, Lab lab) {
    this.plan = plan;
    this.lab = lab;
  }

  List<Row> run(List<Case> cases) {
    List<Row> rows = new ArrayList<>();
    for (Case of : cases) {
      if (plan.wants(of.name)) {
        rows.addAll(measure(of));
      }
    }
    return rows;
  }

  private List<Row> measure(Case of) {
    RecordStream stream = of.stream.get();
    plan.say(
        "%s: %d items a run, records of %d bytes"
            .formatted(of.name, plan.items(), stream.meanBytes()));
    try (DeliverySide ours = DeliverySide.start("ours-" + of.name, of.ours, lab);
        DeliverySide theirs = DeliverySide.start("theirs-" + of.name, of.theirs, lab)) {
      plan.say("  warmed up: ours " + ours.run(stream, plan.warmUpItems()));
      long less = of.theirs.isCollector() ? plan.warmUpItems() / 10 : plan.warmUpItems();
      plan.say("  warmed up: theirs " + theirs.run(stream, less));
      Pairs<Run> pairs =
          Pairs.measure(
              plan, () -> ours.run(stream, plan.items()), () -> theirs.run(stream, plan.items()));
      return rows(of, pairs);
    }
  }

  private static List<Row> rows(Case of, Pairs<Run> pairs) {
    // What the other side loses fails the run as well: its figures would be none.
    long lost =
        Stream.concat(pairs.ours().stream(), pairs.theirs().stream()).mapToLong(Run::lost).sum();
    return List.of(
        pairs.row(of.name, "us/" + of.unit, Run::microsPerItem, lost),
        pairs.row(of.name + ".bytes", "bytes/" + of.unit, Run::bytesPerItem, lost),
        pairs.row(of.name + ".memory", "MiB", Run::peakMebibytes, lost));
  }
}
