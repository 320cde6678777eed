package io.millrace.traces;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.daemon.InvalidConfig;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processor.ProcessorConfig;
import io.millrace.traces.policy.Policy;
import io.millrace.traces.policy.TailSamplingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The traces processor's own configuration.
 *
 * @param delivery how it delivers
 * @param destinations where to, by name
 * @param processing what is done with the spans that are kept, before they are delivered
 * @param tailSampling the Collector's {@code tail_sampling} block, unchanged; without policies
 *     every trace is kept
 * @param adaptiveTailSampling instead, contrib's block of that name, unchanged
 * @param memoryBytes bytes for what is known of traces, per destination; the assigned partitions
 *     share it; 16 MiB or more, default 256 MiB
 * @param lookBack how long a verdict is remembered after a trace's last record, in log time, and
 *     how far a start reads back; at least what verdicts depend on; 0, the default, for that, or 2
 *     minutes if that is more
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
    JsonNode adaptiveTailSampling,
    long memoryBytes,
    Duration lookBack,
    Duration clockGrace,
    AnnotateConfig annotate,
    Duration reloadInterval) {

  private static final Duration DEFAULT_LOOK_BACK = Duration.ofMinutes(2);

  public static final TracesSection DEFAULT =
      new TracesSection(
          DeliveryConfig.DEFAULT,
          Map.of(),
          ProcessingConfig.DEFAULT,
          MissingNode.getInstance(),
          MissingNode.getInstance(),
          256 << 20,
          Duration.ZERO,
          Duration.ofSeconds(2),
          AnnotateConfig.DEFAULT,
          Duration.ofSeconds(10));

  public TracesSection {
    destinations = new ProcessorConfig(delivery, destinations, processing).destinations();
    if (memoryBytes < 16 << 20) {
      throw new InvalidConfig("memory-bytes", memoryBytes, "16777216 or more");
    }
    Duration history = sampling(tailSampling, adaptiveTailSampling).history();
    if (!lookBack.isZero() && lookBack.compareTo(history) < 0) {
      throw new InvalidConfig(
          "look-back", lookBack, "at least what verdicts depend on, " + history.toSeconds() + "s");
    }
    if (clockGrace.isNegative()) {
      throw new InvalidConfig("clock-grace", clockGrace, "0 or more");
    }
    if (reloadInterval.isNegative()) {
      throw new InvalidConfig("reload-interval", reloadInterval, "0 or more");
    }
  }

  private static TailSamplingConfig sampling(JsonNode block, JsonNode adaptive) {
    if (adaptive.isMissingNode()) {
      return parse("tail_sampling", block, TailSamplingConfig::parse);
    }
    if (!block.isMissingNode()) {
      throw new InvalidConfig("adaptive_tail_sampling", "beside tail_sampling", "one of the two");
    }
    return parse("adaptive_tail_sampling", adaptive, TailSamplingConfig::parseAdaptive);
  }

  private static TailSamplingConfig parse(
      String key, JsonNode block, Function<JsonNode, TailSamplingConfig> parser) {
    try {
      return parser.apply(block);
    } catch (InvalidConfig e) {
      throw e.under(key);
    }
  }

  TailSamplingConfig sampling() {
    return sampling(tailSampling, adaptiveTailSampling);
  }

  /** The look-back, or what stands in for it where none is set. */
  Duration lookBackInForce() {
    if (!lookBack.isZero()) {
      return lookBack;
    }
    Duration history = sampling().history();
    return history.compareTo(DEFAULT_LOOK_BACK) > 0 ? history : DEFAULT_LOOK_BACK;
  }

  /** The same with other destinations. */
  public TracesSection to(Map<String, DestinationConfig> others) {
    return with(others, this);
  }

  /** The same with the policies of another. */
  TracesSection withPoliciesOf(TracesSection other) {
    return with(destinations, other);
  }

  TracesSection withTailSampling(JsonNode block) {
    return withPolicies(block, adaptiveTailSampling);
  }

  /** The same with every trace kept. */
  public TracesSection keepingAll() {
    return withPolicies(MissingNode.getInstance(), MissingNode.getInstance());
  }

  /**
   * The same with the policies of a file.
   *
   * @param option that names the file
   */
  public TracesSection withPoliciesOf(String option, Path file, Map<String, String> environment) {
    TailSamplingConfig unused = PoliciesFile.read(option, file, environment); // names the key
    PoliciesFile.Block block = PoliciesFile.find(option, file, environment);
    JsonNode none = MissingNode.getInstance();
    return block.isAdaptive() ? withPolicies(none, block.node()) : withPolicies(block.node(), none);
  }

  private TracesSection withPolicies(JsonNode block, JsonNode adaptive) {
    return new TracesSection(
        delivery,
        destinations,
        processing,
        block,
        adaptive,
        memoryBytes,
        lookBack,
        clockGrace,
        annotate,
        reloadInterval);
  }

  /** Names of the policies or rules, in order; none if every trace is kept. */
  public List<String> policyNames() {
    return sampling().policies().stream().map(Policy::name).toList();
  }

  /** The same with another stage of processing. */
  public TracesSection withProcessing(ProcessingConfig other) {
    return new TracesSection(
        delivery,
        destinations,
        other,
        tailSampling,
        adaptiveTailSampling,
        memoryBytes,
        lookBack,
        clockGrace,
        annotate,
        reloadInterval);
  }

  private TracesSection with(Map<String, DestinationConfig> others, TracesSection policies) {
    return new TracesSection(
        delivery,
        others,
        processing,
        policies.tailSampling,
        policies.adaptiveTailSampling,
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
