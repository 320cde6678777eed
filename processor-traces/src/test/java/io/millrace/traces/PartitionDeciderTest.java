package io.millrace.traces;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.traces.PartitionDecider.Settings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionDeciderTest {

  private static final Settings SETTINGS = new Settings(10_000, 0, 60_000);

  private final List<String> decided = new ArrayList<>();
  private final Counted counts = new Counted();
  private long lastRead = -1;
  private PartitionDecider decider = decider(SETTINGS, 1 << 20);

  @Test
  void shouldDecideOnceLogTimeHasPassedTheDeadlineAndNotAMillisecondBefore() {
    span(0, 1000, 7);
    record(1, 11_000);
    assertThat(decided).isEmpty();
    assertThat(decider.mayPass(0)).isFalse();

    record(2, 11_001);

    assertThat(decided).containsExactly("7 at 11000");
    assertThat(decider.mayPass(0)).isTrue();
    assertThat(decider.mayPass(2)).isTrue();
    assertThat(decider.mayPass(3)).isFalse();
  }

  @Test
  void shouldTellWhatItHasNotComeTo() {
    assertThat(decider.isUnread(0)).isTrue();
    span(0, 1000, 7);

    assertThat(decider.isUnread(0)).isFalse();
    assertThat(decider.isUnread(1)).isTrue();
  }

  @Test
  void shouldLetNoRecordPassWithAnUndecidedTraceAtOrBeforeIt() {
    span(0, 0, 1);
    span(1, 5000, 2);
    record(2, 10_001);
    assertThat(decider.mayPass(0)).isTrue();
    assertThat(decider.mayPass(1)).isFalse();
    record(3, 15_001);
    assertThat(decider.mayPass(1)).isTrue();
  }

  @Test
  void shouldGoOnFromWhereLogTimeIsWhenAClockIsSetBack() {
    span(0, 90_000_000, 1);
    span(1, 1_000_000, 2);
    assertThat(counts.clockSetBack).isEqualTo(1);
    assertThat(decided).isEmpty();

    record(2, 1_010_001);

    assertThat(decided).containsExactly("1 at 90010000", "2 at 90010000");
    assertThat(decider.mayPass(1)).isTrue();
  }

  @Test
  void shouldNotRunAwayWhenRecordsOfTwoClocksAlternate() {
    span(0, 1_000_000, 1);
    for (int i = 1; i < 99; i += 2) {
      record(i, 880_000 + i);
      record(i + 1, 1_000_000 + i + 1);
    }
    assertThat(decided).isEmpty();

    record(99, 1_010_001);

    assertThat(decided).containsExactly("1 at 1010000");
  }

  @Test
  void shouldWaitWhileBrokersDiffer() {
    span(0, 100_000, 1);
    record(1, 100_000 - PartitionDecider.CLOCK_SET_MILLIS);
    record(2, 110_000);
    assertThat(decided).isEmpty();

    record(3, 110_001);

    assertThat(decided).containsExactly("1 at 110000");
    assertThat(counts.clockSetBack).isZero();
  }

  @Test
  void shouldLetTimePassAfterTheLastRecordWhateverItsTime() {
    span(0, 90_000_000, 1);
    decider.idleFor(10_000);
    assertThat(decided).isEmpty();

    decider.idleFor(10_001);

    assertThat(decided).hasSize(1);
  }

  @Test
  void shouldFollowTheVerdictWithLateSpans() {
    span(0, 0, 2); // even: sampled
    span(1, 0, 3); // odd: not
    record(2, 10_001);

    assertThat(span(3, 50_000, 2)).isEqualTo(Window.NONE);
    assertThat(span(4, 50_000, 3)).isEqualTo(Window.NONE);

    assertThat(verdict(0, 2)).isEqualTo(PartitionDecider.SAMPLED);
    assertThat(verdict(0, 3)).isEqualTo(PartitionDecider.NOT_SAMPLED);
    assertThat(counts.late).containsExactly(PartitionDecider.SAMPLED, PartitionDecider.NOT_SAMPLED);
  }

  @Test
  void shouldCountSpansThatComeMoreThanALookBackAfterTheFirstOfTheirTrace() {
    span(0, 0, 7);
    span(1, 30_000, 7);
    forwardAll();
    span(2, 60_000, 7);
    forwardAll();
    assertThat(counts.outlasting).isZero();

    span(3, 60_001, 7);

    assertThat(counts.outlasting).isEqualTo(1);
    assertThat(counts.late).hasSize(3);
  }

  @Test
  void shouldNotCountAgainWhatItReadsBack() {
    decider.forwarded(3);
    span(0, 0, 7);
    record(1, 10_001);
    span(2, 20_000, 7);
    assertThat(counts.late).isEmpty();
    span(4, 20_000, 7);
    assertThat(counts.late).hasSize(1);
  }

  @Test
  void shouldBeginANewEpisodeALookBackAfterTheLastRecordAndNotAMillisecondBefore() {
    span(0, 0, 7);
    record(1, 20_000);
    forwardAll();
    span(2, 60_000, 7);
    assertThat(verdict(0, 7)).isEqualTo(PartitionDecider.NOT_SAMPLED);
    forwardAll();

    span(3, 120_001, 7);

    assertThat(verdict(0, 7)).isEqualTo(PartitionDecider.UNDECIDED);
    assertThat(decided).containsExactly("7 at 10000");
  }

  @Test
  void shouldDecideByTheTimeOfARecordItMayNotReadYet() {
    // Given a gap longer than the look-back, in a log that is read long after
    span(0, 1000, 7);

    // When the next record waits for the forwarder, which waits for the verdict
    assertThat(decider.mayRead(11_000)).isTrue();
    assertThat(decider.mayPass(0)).isFalse();
    assertThat(decider.mayRead(600_000)).isFalse();

    // Then the forwarder may go on, and with it the decider
    assertThat(decided).containsExactly("7 at 11000");
    assertThat(decider.mayPass(0)).isTrue();
    decider.forwarded(0);
    assertThat(decider.mayRead(600_000)).isTrue();
  }

  @Test
  void shouldNotRunAheadOfTheForwarderByMoreThanALookBack() {
    span(0, 1000, 7);
    assertThat(decider.mayRead(61_000)).isTrue();
    assertThat(decider.mayRead(61_001)).isFalse();
    decider.forwarded(0);
    assertThat(decider.mayRead(61_001)).isTrue();
  }

  @Test
  void shouldTakeTheGreatestAppendTimeAsLogTime() {
    span(0, 20_000, 1);
    span(1, 5_000, 2); // the broker's clock went back: its log time is 20000
    record(2, 30_000);
    assertThat(decided).isEmpty();
    record(3, 30_001);
    assertThat(decided).containsExactly("1 at 30000", "2 at 30000");
  }

  @Test
  void shouldDecideEarlierAfterTheRoot() {
    decider = decider(new Settings(10_000, 2_000, 60_000), 1 << 20);
    decider.read(0, 0);
    int slow = decider.observe(0, 1);
    int quick = decider.observe(0, 2);
    decider.read(1, 3000);
    decider.observe(0, 2);
    decider.root(quick);
    decider.root(quick);
    record(2, 5001);
    assertThat(decided).containsExactly("2 at 5000");
    assertThat(decider.mayPass(0)).isFalse();
    assertThat(slow).isNotEqualTo(quick);
    record(3, 10_001);
    assertThat(decided).containsExactly("2 at 5000", "1 at 10000");
    assertThat(decider.mayPass(3)).isTrue();
  }

  @Test
  void shouldDecideByTheClockOnlyWhatIsDueAndCountWhatComesAgainstIt() {
    span(0, 1000, 7);
    decider.idleUntil(11_000);
    assertThat(decided).isEmpty();
    decider.idleUntil(11_001);
    assertThat(decided).containsExactly("7 at 11000");
    assertThat(decider.mayPass(0)).isTrue();

    record(1, 11_001);
    assertThat(counts.skewed).isZero();
    record(2, 11_000);
    assertThat(counts.skewed).isEqualTo(1);
  }

  @Test
  void shouldStopAtItsMemoryBoundUntilTheForwarderHasPassed() {
    decider = decider(new Settings(10, 0, 1_000_000), 600_000);
    long offset = fill(0);
    assertThat(decider.bytes()).isLessThanOrEqualTo(600_000);
    // What is decided and forwarded may be forgotten: it goes on.
    record(offset, 100_000);
    forwardAll();
    assertThat(decider.mayRead(100_000)).isTrue();
    assertThat(counts.forgotten).isEqualTo(1);
    assertThat(counts.early).isZero();
  }

  @Test
  void shouldDecideTheOldestEarlyWhenTheForwarderWaitsForItInTurn() {
    decider = decider(new Settings(10_000, 0, 1_000_000), 600_000);
    fill(0);
    assertThat(counts.early).isPositive();
    assertThat(decider.mayPass(0)).isTrue();
    assertThat(decided.get(0)).startsWith("0 at ");
    decider.forwarded(0);
    assertThat(decider.mayRead(0)).isTrue();
  }

  @Test
  void shouldReadBackThroughMoreTracesThanMemoryHolds() {
    // Given a start whose look-back holds more undecided traces than memory, with roots among them
    decider = decider(new Settings(10_000, 5_000, 1_000_000), 600_000);
    decider.forwarded(99_999);
    for (long offset = 0; offset < 100_000; offset++) {
      // Then nobody waits for the forwarder, who waits for the decider
      assertThat(decider.mayRead(offset / 100)).as("offset %d", offset).isTrue();
      decider.read(offset, offset / 100);
      decider.root(decider.observe(0, offset));
    }
    assertThat(decider.bytes()).isLessThanOrEqualTo(600_000);
    assertThat(counts.early).isPositive();
    assertThat(counts.forgotten).isPositive();
  }

  /** One trace a record until the decider refuses; the offset of the next record. */
  private long fill(long from) {
    long offset = from;
    while (decider.mayRead(offset / 100)) {
      span(offset, offset / 100, offset);
      offset++;
    }
    return offset;
  }

  private void forwardAll() {
    decider.forwarded(lastRead);
  }

  private void record(long offset, long time) {
    decider.read(offset, time);
    lastRead = offset;
  }

  private int verdict(long high, long low) {
    return PartitionDecider.verdict(decider.decided(high, low));
  }

  private int span(long offset, long time, long trace) {
    record(offset, time);
    return decider.observe(0, trace);
  }

  /** Samples traces with an even id. */
  private PartitionDecider decider(Settings settings, long maxBytes) {
    return new PartitionDecider(
        settings,
        new PartitionDecider.Verdicts() {
          @Override
          public int summaryWords() {
            return 3;
          }

          @Override
          public long decide(Window window, int row, long logTime) {
            decided.add(window.idLow(row) + " at " + logTime);
            return window.idLow(row) % 2 == 0
                ? PartitionDecider.SAMPLED
                : PartitionDecider.NOT_SAMPLED;
          }
        },
        counts,
        maxBytes);
  }

  private static final class Counted implements PartitionDecider.Counts {
    int early;
    int forgotten;
    int skewed;
    int clockSetBack;
    int outlasting;
    final List<Integer> late = new ArrayList<>();

    @Override
    public void early() {
      early++;
    }

    @Override
    public void forgotten() {
      forgotten++;
    }

    @Override
    public void skewed() {
      skewed++;
    }

    @Override
    public void clockSetBack() {
      clockSetBack++;
    }

    @Override
    public void outlasting() {
      outlasting++;
    }

    @Override
    public void late(int verdict) {
      late.add(verdict);
    }
  }
}
