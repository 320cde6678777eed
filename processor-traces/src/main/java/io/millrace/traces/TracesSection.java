package io.millrace.traces;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.daemon.InvalidConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processor.ProcessorConfig;
import io.millrace.traces.policy.TailSamplingConfig;
import java.time.Duration;
import java.util.Map;

/**
 * The traces processor's own configuration.
 *
 * @param delivery how it delivers
 * @param destinations where to, by name
 * @param processing what is done with the spans that are kept, before they are delivered
 * @param tailSampling the Collector's {@code tail_sampling} block, unchanged; without policies
 *     every trace is kept
 * @param memoryBytes bytes for what is known of traces, per destination; the assigned partitions
 *     share it; 16 MiB or more, default 256 MiB
 * @param lookBack how long a verdict is remembered after a trace's last record, in log time, and
 *     how far a start reads back; at least the decision wait, default 2 minutes
 * @param clockGrace how far the clock stays behind at the end of an idle partition; default 2 s
 * @param annotate what is written on kept spans
 * @param reloadInterval how often the policies are read again from the configuration; 0 for never;
 *     default 10 s
 */
public record TracesSection(
    DeliveryConfig delivery,
    Map<String, DestinationConfig> destinations,
    ProcessingConfig processing,
    JsonNode tailSampling,
    long memoryBytes,
    Duration lookBack,
    Duration clockGrace,
    AnnotateConfig annotate,
    Duration reloadInterval) {

  public static final TracesSection DEFAULT =
      new TracesSection(
          DeliveryConfig.DEFAULT,
          Map.of(),
          ProcessingConfig.DEFAULT,
          MissingNode.getInstance(),
          256 << 20,
          Duration.ofMinutes(2),
          Duration.ofSeconds(2),
          AnnotateConfig.DEFAULT,
          Duration.ofSeconds(10));

  public TracesSection {
    destinations = new ProcessorConfig(delivery, destinations, processing).destinations();
    if (memoryBytes < 16 << 20) {
      throw new InvalidConfig("memory-bytes", memoryBytes, "16777216 or more");
    }
    Duration wait = sampling(tailSampling).decisionWait();
    if (lookBack.compareTo(wait) < 0) {
      throw new InvalidConfig(
          "look-back", lookBack, "at least tail_sampling.decision_wait, " + wait.toSeconds() + "s");
    }
    if (clockGrace.isNegative()) {
      throw new InvalidConfig("clock-grace", clockGrace, "0 or more");
    }
    if (reloadInterval.isNegative()) {
      throw new InvalidConfig("reload-interval", reloadInterval, "0 or more");
    }
  }

  private static TailSamplingConfig sampling(JsonNode block) {
    try {
      return TailSamplingConfig.parse(block);
    } catch (InvalidConfig e) {
      throw e.under("tail_sampling");
    }
  }

  TailSamplingConfig sampling() {
    return sampling(tailSampling);
  }

  /** The same with other destinations. */
  public TracesSection to(Map<String, DestinationConfig> others) {
    return with(others, tailSampling);
  }

  /** The same with the policies of another. */
  TracesSection withPoliciesOf(TracesSection other) {
    return with(destinations, other.tailSampling);
  }

  private TracesSection with(Map<String, DestinationConfig> others, JsonNode block) {
    return new TracesSection(
        delivery,
        others,
        processing,
        block,
        memoryBytes,
        lookBack,
        clockGrace,
        annotate,
        reloadInterval);
  }

  /** How long after a trace's first span its verdict can fall, once no more records come. */
  public Duration longestVerdict() {
    TailSamplingConfig sampling = sampling();
    return sampling.policies().isEmpty() ? Duration.ZERO : sampling.decisionWait().plus(clockGrace);
  }

  /** What is the same for every signal's processor. */
  public ProcessorConfig processor() {
    return new ProcessorConfig(delivery, destinations, processing);
  }
}
