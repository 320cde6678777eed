package io.millrace.traces;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.traces.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the sampler does, counted. Written by the loop's thread, read by any. */
final class SamplingMeters implements PartitionDecider.Counts {

  private static final Logger log = LoggerFactory.getLogger(SamplingMeters.class);

  private final MeterRegistry registry;
  private final Tags tags;
  private final Counter early;
  private final Counter forgotten;
  private final Counter skewed;
  private final Counter clockSetBack;
  private final Counter outlasting;
  private final Counter partitionsChanged;
  private final Counter reloaded;
  private final Counter reloadRefused;
  private final Counter lateSampled;
  private final Counter lateNotSampled;
  private final Counter withoutVerdict;
  private final Counter unreadable;
  private final Counter withoutThreshold;
  private final AtomicLong traces = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong lagMillis = new AtomicLong();
  private final Timer rebuilds;
  private final Counter split;
  private boolean saidEarly;
  private boolean saidSplit;

  /**
   * @param destination as in every meter of the delivery
   */
  SamplingMeters(String destination, MeterRegistry registry) {
    this.registry = registry;
    this.tags = Tags.of("destination", destination);
    early = counter("millrace.sampling.early.decisions", "reason", "memory");
    forgotten = counter("millrace.sampling.forgotten.verdicts", "reason", "memory");
    skewed = counter("millrace.sampling.skewed.records");
    clockSetBack = counter("millrace.sampling.clock.set.backs");
    outlasting = counter("millrace.sampling.outlasting.spans");
    partitionsChanged = counter("millrace.sampling.partition.changes");
    split = counter("millrace.sampling.split.traces");
    reloaded = counter("millrace.sampling.policy.reloads", "outcome", "applied");
    reloadRefused = counter("millrace.sampling.policy.reloads", "outcome", "refused");
    lateSampled = counter("millrace.sampling.late.spans", "verdict", "sampled");
    lateNotSampled = counter("millrace.sampling.late.spans", "verdict", "not_sampled");
    withoutVerdict = counter("millrace.sampling.spans.without.verdict");
    unreadable = counter("millrace.sampling.unreadable.records");
    withoutThreshold = counter("millrace.sampling.spans.without.threshold");
    gauge("millrace.sampling.window.traces", traces, 1);
    gauge("millrace.sampling.window.bytes", bytes, 1);
    gauge("millrace.sampling.decision.lag.seconds", lagMillis, 1000);
    rebuilds = Timer.builder("millrace.sampling.rebuild").tags(tags).register(registry);
  }

  private void gauge(String name, AtomicLong value, double unit) {
    Gauge.builder(name, value, v -> v.get() / unit).tags(tags).register(registry);
  }

  private Counter counter(String name, String... labels) {
    return registry.counter(name, tags.and(labels));
  }

  /** Counters for the decisions of these policies. */
  PolicyMeters policies(List<Policy> policies) {
    return new PolicyMeters(policies, tags, registry);
  }

  @Override
  public void early() {
    early.increment();
    if (!saidEarly) {
      saidEarly = true;
      log.warn(
          "sampling-memory: {}: memory does not hold a decision_wait of traces: the oldest are"
              + " decided on what they have (raise traces.memory-bytes; said once)",
          tags.stream().map(Tag::getValue).findFirst().orElseThrow());
    }
  }

  @Override
  public void forgotten() {
    forgotten.increment();
  }

  @Override
  public void skewed() {
    skewed.increment();
  }

  @Override
  public void clockSetBack() {
    clockSetBack.increment();
  }

  @Override
  public void late(int verdict) {
    (verdict == PartitionDecider.SAMPLED ? lateSampled : lateNotSampled).increment();
  }

  void withoutVerdict() {
    withoutVerdict.increment();
  }

  /** The decider cannot read a record; the forwarder will make it a dead letter. */
  void unreadable() {
    unreadable.increment();
  }

  /** A kept span of which nobody can tell how probable that was. */
  void withoutThreshold() {
    withoutThreshold.increment();
  }

  @Override
  public void outlasting() {
    outlasting.increment();
  }

  void reloaded() {
    reloaded.increment();
  }

  void reloadRefused() {
    reloadRefused.increment();
  }

  void partitionsChanged() {
    partitionsChanged.increment();
  }

  /** A trace has spans on two partitions of the topic. */
  void split(String topic) {
    split.increment();
    if (!saidSplit) {
      saidSplit = true;
      log.warn(
          "split-traces: {}: a trace has spans on two partitions, which are decided apart: not all who write the"
              + " topic partition it alike (a Collector: partition_traces_by_id and the hasher murmur2, or"
              + " gateway.hasher: fnv-1a for its default; said once)",
          topic);
    }
  }

  void rebuilt(Duration taken) {
    rebuilds.record(taken);
  }

  /**
   * @param decidedAgoMillis from the time up to which all is decided until now, of the partition
   *     that is furthest behind
   */
  void window(long allTraces, long allBytes, long decidedAgoMillis) {
    traces.set(allTraces);
    bytes.set(allBytes);
    lagMillis.set(decidedAgoMillis);
  }
}
