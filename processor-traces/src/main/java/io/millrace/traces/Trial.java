package io.millrace.traces;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.traces.policy.Decision;
import io.millrace.traces.policy.Policy;
import io.millrace.traces.policy.PolicySet;
import io.millrace.traces.policy.ServiceNames;
import io.millrace.traces.policy.SpanCursor;
import io.millrace.traces.policy.TailSamplingConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Policies decide on the records of one partition after the other, as a {@link PartitionDecider}
 * does, and nothing comes of it but a report. One thread.
 */
final class Trial {

  private static final String NO_POLICY = "(no policy)";

  private final TailSamplingConfig sampling;
  private final List<String> names;
  private final Scope scope;
  private final TrialReport report;
  private final SpanCursor cursor = new SpanCursor();
  private final ServiceNames services = new ServiceNames();
  private @Nullable Partition partition;

  /**
   * What is looked at.
   *
   * @param from log time of the first record of a trace that counts, in milliseconds
   * @param to and behind that of the last
   * @param slow a trace that takes longer is slow
   * @param partitions of the topic
   * @param memoryBytes for what is known of the traces of one partition
   */
  record Scope(long from, long to, Duration slow, int partitions, long memoryBytes) {}

  Trial(String name, TailSamplingConfig sampling, Scope scope) {
    this.sampling = sampling;
    this.names = sampling.policies().stream().map(Policy::name).toList();
    this.scope = scope;
    this.report = new TrialReport(name, names);
  }

  TrialReport report() {
    return report;
  }

  /** How far before and behind the scope it must read, to know its traces whole. */
  Duration margin() {
    return sampling.history();
  }

  void begin() {
    partition = new Partition();
  }

  /**
   * @param timestamp log time, in milliseconds
   */
  void read(long offset, long timestamp, byte[] value) throws MalformedOtlp {
    current().read(offset, timestamp, value);
  }

  /**
   * The end of what is looked at.
   *
   * @param time up to which there are no more records, in milliseconds
   */
  void end(long time) {
    current().end(time);
    partition = null;
  }

  private Partition current() {
    if (partition == null) {
      throw new IllegalStateException("no partition has begun");
    }
    return partition;
  }

  private final class Partition implements PartitionDecider.Verdicts, PartitionDecider.Counts {

    private final PolicySet policies = PolicySet.compile(sampling);
    private final PartitionDecider decider;
    private TraceFacts[] facts = new TraceFacts[1024]; // by row
    private boolean ending;

    Partition() {
      policies.share(1.0 / scope.partitions());
      PartitionDecider.Settings settings =
          new PartitionDecider.Settings(
              sampling.decisionWait().toMillis(),
              sampling.decisionWaitAfterRootReceived().toMillis(),
              Math.max(TimeUnit.MINUTES.toMillis(2), sampling.decisionWait().toMillis()));
      decider = new PartitionDecider(settings, this, this, scope.memoryBytes());
    }

    void read(long offset, long timestamp, byte[] value) throws MalformedOtlp {
      boolean unused = decider.mayRead(timestamp); // makes room
      decider.forwarded(offset);
      decider.read(offset, timestamp);
      cursor.over(value);
      while (cursor.next()) {
        if (cursor.traceIdHi() != 0 || cursor.traceIdLo() != 0) {
          observe();
        }
      }
    }

    private void observe() throws MalformedOtlp {
      String service = services.of(cursor);
      int bytes = cursor.to() - cursor.fieldStart();
      int row = decider.observe(cursor.traceIdHi(), cursor.traceIdLo());
      if (row == Window.NONE) {
        late(service, bytes);
        return;
      }
      Window window = decider.window();
      policies.observe(cursor, window.words(row), window.summary(row));
      if (policies.isRoot()) {
        decider.root(row);
      }
      facts(row).add(service, bytes, cursor.startNanos(), cursor.endNanos(), cursor.statusCode());
    }

    private TraceFacts facts(int row) {
      if (row >= facts.length) {
        facts = Arrays.copyOf(facts, Math.max(row + 1, facts.length * 2));
      }
      TraceFacts found = facts[row];
      if (found == null) {
        found = new TraceFacts(decider.decidedUntil());
        facts[row] = found;
      }
      return found;
    }

    private void late(String service, int bytes) {
      long decided = decider.decided(cursor.traceIdHi(), cursor.traceIdLo());
      long note = PartitionDecider.note(decided);
      if ((note & 1) != 0) {
        boolean isKept = PartitionDecider.verdict(decided) == PartitionDecider.SAMPLED;
        report.late(isKept, name((int) (note >>> 1) - 1), service, bytes);
      }
    }

    private String name(int policy) {
      return policy == Decision.NO_POLICY ? NO_POLICY : names.get(policy);
    }

    void end(long time) {
      decider.idleUntil(time);
      ending = true;
      decider.idleUntil(Long.MAX_VALUE);
    }

    @Override
    public int summaryWords() {
      return policies.summaryLongs();
    }

    /** The note says whether the trace counts, and who decided. */
    @Override
    public long decide(Window window, int row, long logTime) {
      long[] words = window.words(row);
      Decision decision =
          policies.decide(
              window.idHigh(row),
              window.idLow(row),
              words,
              window.summary(row),
              TimeUnit.MILLISECONDS.toNanos(logTime));
      TraceFacts trace = facts(row);
      facts[row] = null;
      boolean counts = trace.firstTime() >= scope.from() && trace.firstTime() < scope.to();
      if (counts) {
        boolean isSlow = trace.durationNanos() > scope.slow().toNanos();
        report.decided(trace, decision.sampled(), name(decision.policy()), isSlow);
        if (ending) {
          report.underWay();
        }
      }
      long note = (decision.policy() + 1L) << 1 | (counts ? 1 : 0);
      return PartitionDecider.decided(
          decision.sampled() ? PartitionDecider.SAMPLED : PartitionDecider.NOT_SAMPLED, note);
    }

    @Override
    public void early() {
      report.early();
    }

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
