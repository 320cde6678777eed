package io.millrace.traces;

import io.millrace.daemon.InvalidConfig;
import io.millrace.traces.policy.TailSamplingConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies in force. A thread of its own reads the configuration again now and then: policies
 * that have changed take the place of those before; a configuration that cannot be used is refused,
 * with the reason in the log, and those before stay. Nothing but policies is taken over.
 */
final class PolicySource implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PolicySource.class);

  private final Supplier<TracesConfig> reread;
  private final Collection<SamplingMeters> meters;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private volatile TracesSection section;
  private volatile TailSamplingConfig current;
  private TracesConfig seen;
  private String refused = "";

  /**
   * @param reread gives the configuration as it is now
   * @param meters that a refusal is counted with
   */
  PolicySource(
      TracesConfig config, Supplier<TracesConfig> reread, Collection<SamplingMeters> meters) {
    this.reread = reread;
    this.meters = meters;
    this.section = config.traces();
    this.current = section.sampling();
    this.seen = config;
    this.thread = new Thread(this::run, "policies");
    thread.setDaemon(true);
  }

  /** Begins to read again, if the configuration wants that. */
  PolicySource start() {
    if (!section.reloadInterval().isZero()) {
      thread.start();
    }
    return this;
  }

  /** Any thread; the same object until the policies change. */
  TailSamplingConfig current() {
    return current;
  }

  PartitionDecider.Settings decider(TailSamplingConfig sampling) {
    return new PartitionDecider.Settings(
        sampling.decisionWait().toMillis(),
        sampling.decisionWaitAfterRootReceived().toMillis(),
        section.lookBackInForce().toMillis());
  }

  private void run() {
    Duration interval = section.reloadInterval();
    try {
      while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      take(reread.get());
      refused = "";
    } catch (InvalidConfig e) {
      refuse(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      refuse(e.toString());
    }
  }

  private void take(TracesConfig now) {
    if (now.equals(seen)) {
      return;
    }
    TracesSection wanted = section.withPoliciesOf(now.traces());
    TailSamplingConfig sampling = wanted.sampling();
    if (current.policies().isEmpty() && !sampling.policies().isEmpty()) {
      throw new InvalidConfig("traces", "policies where there were none", "a restart");
    }
    if (!new TracesConfig(now.kafka(), now.topics(), now.admin(), wanted).equals(now)
        || !now.equals(new TracesConfig(seen.kafka(), seen.topics(), seen.admin(), now.traces()))) {
      log.warn("config-changed: only policies are read again; restart for the rest");
    }
    seen = now;
    if (!wanted.equals(section)) {
      sampling.notes().forEach(note -> log.warn("policies: {}", note));
      section = wanted;
      current = sampling;
      log.info("policies-changed: {} policies read", sampling.policies().size());
    }
  }

  private void refuse(String why) {
    if (!why.equals(refused)) {
      refused = why;
      meters.forEach(SamplingMeters::reloadRefused);
      log.warn("policies-refused: {}; those before stay in force", why);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
