package io.millrace.traces.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.daemon.InvalidConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The Collector's {@code tail_sampling} block, as its release 0.155 reads it.
 *
 * @param decisionWait a trace is decided on what came within this time of its first span; default
 *     30 s
 * @param decisionWaitAfterRootReceived the same, but of its root span; 0, the default, for off
 * @param sampleOnFirstMatch the first policy that samples a trace spares the rest
 * @param maximumTraceSizeBytes a larger trace is not sampled; 0, the default, for no limit
 * @param policies in the order of the file
 * @param notes one line for each key that has no effect here, to be shown once
 * @param rootSpanCondition of OTTL, what makes a span the root of its trace; empty for having no
 *     parent
 */
public record TailSamplingConfig(
    Duration decisionWait,
    Duration decisionWaitAfterRootReceived,
    boolean sampleOnFirstMatch,
    long maximumTraceSizeBytes,
    List<Policy> policies,
    List<String> notes,
    String rootSpanCondition) {

  private static final Duration DEFAULT_DECISION_WAIT = Duration.ofSeconds(30);

  /** No policies: every trace is sampled. */
  public static final TailSamplingConfig DEFAULT = parse(MissingNode.getInstance());

  public TailSamplingConfig {
    policies = List.copyOf(policies);
    notes = List.copyOf(notes);
    Set<String> names = new HashSet<>();
    for (Policy policy : policies) {
      if (policy.name().isEmpty()) {
        throw new InvalidConfig(policy.path() + ".name", "nothing", "a name for the policy");
      }
      if (!names.add(policy.name())) {
        throw new InvalidConfig(policy.path() + ".name", policy.name(), "a name of its own");
      }
    }
  }

  /** With roots as everybody knows them. */
  TailSamplingConfig(
      Duration decisionWait,
      Duration decisionWaitAfterRootReceived,
      boolean sampleOnFirstMatch,
      long maximumTraceSizeBytes,
      List<Policy> policies,
      List<String> notes) {
    this(
        decisionWait,
        decisionWaitAfterRootReceived,
        sampleOnFirstMatch,
        maximumTraceSizeBytes,
        policies,
        notes,
        "");
  }

  /** How much log time verdicts can depend on: those who decide it again must read as much. */
  public Duration history() {
    Duration history = decisionWait;
    for (Policy policy : policies) {
      if (policy.rule() instanceof Rule.Adaptive rule
          && rule.sampler() instanceof AdaptiveSampler.Adaptive sampler) {
        // Until two waits after the beginning, traces that began before it are decided wrongly.
        Duration needed = sampler.history().length().plus(decisionWait.multipliedBy(2));
        history = needed.compareTo(history) > 0 ? needed : history;
      }
    }
    return history;
  }

  /**
   * @param block the mapping below {@code adaptive_tail_sampling}
   * @throws InvalidConfig naming the path from there, such as {@code rules[2].sampler.type}
   */
  public static TailSamplingConfig parseAdaptive(JsonNode block) {
    TailSamplingConfig config = new AdaptiveReader().read(new Block(block));
    PolicySet.compile(config);
    return config;
  }

  /**
   * @param block the mapping below {@code tail_sampling}, or nothing
   * @throws InvalidConfig naming the path from there, such as {@code policies[2].latency}
   */
  public static TailSamplingConfig parse(JsonNode block) {
    List<String> notes = new ArrayList<>();
    Block root = new Block(block);
    Duration decisionWait = root.duration("decision_wait", DEFAULT_DECISION_WAIT);
    Duration afterRoot = root.duration("decision_wait_after_root_received", Duration.ZERO);
    boolean firstMatch = root.bool("sample_on_first_match");
    long maximumBytes = root.whole("maximum_trace_size_bytes", 0, Long.MAX_VALUE);
    List<Policy> policies = new RuleReader(notes).policies(root);
    WithoutEffect.read(root, notes);
    root.refuseOthers();
    TailSamplingConfig config =
        new TailSamplingConfig(decisionWait, afterRoot, firstMatch, maximumBytes, policies, notes);
    PolicySet.compile(config); // refuses conditions and regular expressions that cannot be used
    return config;
  }
}
