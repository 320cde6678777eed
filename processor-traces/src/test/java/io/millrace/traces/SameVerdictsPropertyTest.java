package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A random log, read by a decider and a forwarder at random speeds and with restarts at random
 * points, against an undisturbed reading: the same spans get the same verdicts.
 */
class SameVerdictsPropertyTest {

  private static final PartitionDecider.Settings SETTINGS =
      new PartitionDecider.Settings(1_000, 0, 10_000);
  private static final PartitionDecider.Settings WITH_ROOTS =
      new PartitionDecider.Settings(1_000, 300, 10_000);

  private record Entry(long time, long[] traces) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void shouldDecideTheSameAtAnySpeedAndAfterAnyRestart(long seed) {
    List<Entry> log = log(new Random(seed));
    PartitionDecider.Settings settings = seed % 2 == 0 ? SETTINGS : WITH_ROOTS;
    Map<String, Integer> undisturbed =
        new Reading(log, settings, Long.MAX_VALUE, new Random(0), 0).run();
    for (int round = 0; round < 10; round++) {
      Random random = new Random(seed * 100 + round);
      Map<String, Integer> disturbed =
          new Reading(log, settings, Long.MAX_VALUE, random, 0.002).run();
      assertThat(disturbed).isEqualTo(undisturbed);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldAlwaysComeToTheEndAndNeverForwardWithoutAVerdictWhateverTheMemory(long seed) {
    List<Entry> log = log(new Random(seed));
    for (long memory = 300_000; memory < 3_000_000; memory *= 2) {
      Map<String, Integer> verdicts =
          new Reading(log, SETTINGS, memory, new Random(seed), 0.001).run();
      assertThat(verdicts.values()).doesNotContain(PartitionDecider.UNDECIDED);
    }
  }

  /** Traces of up to three seconds; append times that mostly rise and now and then fall back. */
  private static List<Entry> log(Random random) {
    List<Entry> log = new ArrayList<>();
    long time = 1_000_000;
    long nextTrace = 0;
    List<long[]> alive = new ArrayList<>(); // id, end
    for (int offset = 0; offset < 5_000; offset++) {
      time += random.nextInt(20);
      while (alive.size() < 20) {
        alive.add(new long[] {nextTrace++, time + random.nextInt(3_000)});
      }
      long[] traces = new long[1 + random.nextInt(5)];
      for (int i = 0; i < traces.length; i++) {
        traces[i] = alive.get(random.nextInt(alive.size()))[0];
      }
      long now = time;
      alive.removeIf(trace -> trace[1] < now);
      log.add(new Entry(random.nextInt(50) == 0 ? time - random.nextInt(500) : time, traces));
    }
    return log;
  }

  /** One reading of the log from its beginning to its end. */
  private static final class Reading implements PartitionDecider.Verdicts, PartitionDecider.Counts {

    private final List<Entry> log;
    private final PartitionDecider.Settings settings;
    private final long memory;
    private final Random random;
    private final double restarts;
    private final Map<String, Integer> verdicts = new TreeMap<>();
    private PartitionDecider decider;
    private int next;
    private int forward;

    Reading(
        List<Entry> log,
        PartitionDecider.Settings settings,
        long memory,
        Random random,
        double restarts) {
      this.log = log;
      this.settings = settings;
      this.memory = memory;
      this.random = random;
      this.restarts = restarts;
      start();
    }

    Map<String, Integer> run() {
      int reluctance = 1;
      for (long step = 0; forward < log.size(); step++) {
        assertThat(step).as("steps without an end").isLessThan(10_000_000);
        if (random.nextInt(1_000) == 0) {
          reluctance = 1 + random.nextInt(30);
        }
        if (random.nextDouble() < restarts) {
          start();
        }
        read();
        if (random.nextInt(reluctance) == 0 && decider.mayPass(forward)) {
          forward();
        }
      }
      return verdicts;
    }

    private void start() {
      decider = new PartitionDecider(settings, this, this, memory);
      decider.forwarded(forward - 1);
      long from = log.get(forward).time() - settings.lookBack();
      next = 0;
      while (log.get(next).time() < from) {
        next++;
      }
    }

    private void read() {
      if (next == log.size()) {
        decider.idleUntil(Long.MAX_VALUE);
        return;
      }
      Entry entry = log.get(next);
      if (!decider.mayRead(entry.time())) {
        return;
      }
      decider.read(next, entry.time());
      for (long trace : entry.traces()) {
        int row = decider.observe(trace % 7, trace);
        if (row != Window.NONE) {
          long[] words = decider.window().words(row);
          words[decider.window().summary(row)]++;
          if (words[decider.window().summary(row)] == 5) {
            decider.root(row);
          }
        }
      }
      next++;
    }

    private void forward() {
      for (long trace : log.get(forward).traces()) {
        verdicts.put(
            forward + "/" + trace, PartitionDecider.verdict(decider.decided(trace % 7, trace)));
      }
      decider.forwarded(forward);
      forward++;
    }

    @Override
    public int summaryWords() {
      return 1;
    }

    /** Depends on all that was seen of the trace by then. */
    @Override
    public long decide(Window window, int row, long logTime) {
      long seen = window.words(row)[window.summary(row)];
      return seen % 2 == 0 ? PartitionDecider.SAMPLED : PartitionDecider.NOT_SAMPLED;
    }

    @Override
    public void early() {}

    @Override
    public void forgotten() {}

    @Override
    public void skewed() {}

    @Override
    public void clockSetBack() {}

    @Override
    public void late(int verdict) {}

    @Override
    public void outlasting() {}
  }
}
