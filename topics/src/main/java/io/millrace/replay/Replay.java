package io.millrace.replay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Extent;
import io.millrace.delivery.Ledger;
import io.millrace.terminal.Pace;
import io.millrace.terminal.Period;
import io.millrace.terminal.Rate;
import io.millrace.topics.KafkaConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One replay, from its range to its end. {@link #open} fixes the range, or finds that of the same
 * replay when it was stopped; {@link #run} delivers what is left of it.
 */
public final class Replay implements AutoCloseable {

  /** Begins the name of every replay's destination, and so its group's last part. */
  public static final String DESTINATION_PREFIX = "replay-";

  private static final long LOOK_MILLIS = 100;

  private final Plan plan;
  private final ReplayGroup group;
  private final ReplayRange range;
  private final boolean goesOn;
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final CountDownLatch stop = new CountDownLatch(1);

  /**
   * What is replayed.
   *
   * @param group of its own; the same for the same replay
   * @param keepsGroup whether one that is stopped can go on; not for a dry run
   * @param tenant whose records; empty for all
   */
  public record Plan(
      KafkaConfig kafka,
      String topic,
      String group,
      boolean keepsGroup,
      Period period,
      Optional<String> tenant,
      Rate rate) {}

  /** Starts the processor of the signal. */
  public interface Starter {
    Role start(Extent extent, MeterRegistry registry);
  }

  /** Is told how far it has come, several times a second. */
  public interface Progress {

    /**
     * @param done offsets settled, of {@code all}
     */
    void at(long done, long all, Counts counts);
  }

  /**
   * What became of the items.
   *
   * @param bytes delivered
   * @param dropped by rule
   * @param deadLettered by reason
   */
  public record Counts(
      long consumed,
      long delivered,
      long bytes,
      long sampledOut,
      long rejected,
      Map<String, Long> dropped,
      Map<String, Long> deadLettered,
      long expiredRecords) {}

  private Replay(Plan plan, ReplayGroup group, ReplayRange range, boolean goesOn) {
    this.plan = plan;
    this.group = group;
    this.range = range;
    this.goesOn = goesOn;
  }

  /**
   * Fixes the range. Nothing is delivered yet, and no other group is touched.
   *
   * @throws io.millrace.daemon.CannotStart if the same replay runs already
   */
  public static Replay open(Plan plan) {
    ReplayGroup group = new ReplayGroup(plan.kafka(), plan.group(), plan.topic());
    try {
      group.requireIdle();
      if (!plan.keepsGroup()) {
        group.delete();
      }
      Optional<ReplayRange> stopped = group.stopped();
      ReplayRange range = stopped.orElseGet(() -> group.find(plan.period()));
      return new Replay(plan, group, range, stopped.isPresent());
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }

  /** Whether it goes on where it was stopped. */
  public boolean goesOn() {
    return goesOn;
  }

  /** The period that was fixed, now or when it was begun. */
  public Period period() {
    return range.period();
  }

  /** Offsets in all, and those that are left. */
  public long all() {
    return range.all();
  }

  public long left() {
    return range.all() - range.done();
  }

  /** What of the period is gone from Kafka, one line for each partition. */
  public List<String> gone() {
    return group.gone(range);
  }

  /**
   * Delivers until the end of the range or {@link #stop}.
   *
   * @return whether it came to the end; if not, the same replay goes on from here
   */
  public boolean run(Starter starter, Progress progress) throws InterruptedException {
    if (!goesOn) {
      group.begin(range);
    }
    Pace pace = new Pace(plan.rate(), System::nanoTime);
    ReplayExtent extent =
        new ReplayExtent(range, stage -> new ReplayedRecords(stage, plan.tenant(), pace));
    try (Role role = starter.start(extent, registry)) {
      while (extent.done() < range.all() && !stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        progress.at(extent.done(), range.all(), counts());
      }
    }
    boolean isComplete = extent.done() >= range.all();
    if (isComplete || !plan.keepsGroup()) {
      group.delete();
    }
    return isComplete;
  }

  /** Makes {@link #run} return once what is in flight is delivered. Any thread. */
  public void stop() {
    stop.countDown();
  }

  /** What became of the items so far, of this run. */
  public Counts counts() {
    return new Counts(
        sum("millrace.consumed.items"),
        sum("millrace.delivered.items"),
        sum("millrace.delivered.bytes"),
        sum("millrace.sampled.out.items"),
        sum("millrace.rejected.items"),
        by("millrace.dropped.items", "rule"),
        by("millrace.dead.lettered.items", "reason"),
        sum(Ledger.EXPIRED_RECORDS));
  }

  private long sum(String meter) {
    return Math.round(registry.find(meter).counters().stream().mapToDouble(Counter::count).sum());
  }

  private Map<String, Long> by(String meter, String tag) {
    Map<String, Long> sums =
        registry.find(meter).counters().stream()
            .filter(counter -> counter.count() > 0)
            .collect(
                Collectors.groupingBy(
                    counter -> String.valueOf(counter.getId().getTag(tag)),
                    TreeMap::new,
                    Collectors.summingLong(counter -> Math.round(counter.count()))));
    return sums;
  }

  @Override
  public void close() {
    group.close();
  }
}
