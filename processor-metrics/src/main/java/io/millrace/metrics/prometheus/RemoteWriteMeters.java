package io.millrace.metrics.prometheus;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.delivery.DeadReason;
import java.util.EnumMap;
import java.util.Map;

/** Counts what one remote-write destination sent, left out and was refused. Any thread. */
final class RemoteWriteMeters {

  private final Counter samples;
  private final Counter histograms;
  private final Counter exemplars;
  private final Counter refusedExemplars;
  private final Counter droppedSamples;
  private final Counter fallbacks;
  private final Map<Unconvertible, Counter> unconvertible = new EnumMap<>(Unconvertible.class);
  private final Map<DeadReason, Counter> refused = new EnumMap<>(DeadReason.class);

  RemoteWriteMeters(MeterRegistry registry, String destination) {
    Tags tags = Tags.of("destination", destination);
    samples = registry.counter("millrace.remote.write.samples", tags);
    histograms = registry.counter("millrace.remote.write.histograms", tags);
    exemplars = registry.counter("millrace.remote.write.exemplars", tags);
    refusedExemplars = registry.counter("millrace.remote.write.refused.exemplars", tags);
    droppedSamples = registry.counter("millrace.remote.write.relabel.dropped.samples", tags);
    fallbacks = registry.counter("millrace.remote.write.fallbacks", tags);
    for (Unconvertible reason : Unconvertible.values()) {
      unconvertible.put(
          reason,
          registry.counter(
              "millrace.remote.write.unconvertible.items", tags.and("reason", reason.id())));
    }
    for (DeadReason reason : DeadReason.values()) {
      refused.put(
          reason,
          registry.counter(
              "millrace.remote.write.refused.samples", tags.and("reason", reason.id())));
    }
  }

  /** The backend has settled a request. */
  void settled(Sent sent) {
    samples.increment(sent.samples());
    histograms.increment(sent.histograms());
    exemplars.increment(sent.exemplars());
    droppedSamples.increment((double) sent.droppedSamples());
    sent.unconvertible().forEach(this::unconvertible);
  }

  private void unconvertible(Unconvertible reason, long points) {
    Counter counter = unconvertible.get(reason);
    if (counter != null) {
      counter.increment((double) points);
    }
  }

  /** The backend stored the rest of a request. */
  void refused(DeadReason reason, long count) {
    Counter counter = refused.get(reason);
    if (counter != null) {
      counter.increment((double) count);
    }
  }

  void refusedExemplars(long count) {
    refusedExemplars.increment((double) count);
  }

  void fellBack() {
    fallbacks.increment();
  }
}
