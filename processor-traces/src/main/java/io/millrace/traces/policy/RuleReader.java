package io.millrace.traces.policy;

import static java.util.stream.Collectors.toCollection;

import io.millrace.condition.ErrorMode;
import io.millrace.daemon.InvalidConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads policies: a name, a type, and a mapping under the key that is the type's name. */
final class RuleReader {

  private static final List<String> PLAIN =
      List.of(
          "always_sample",
          "boolean_attribute",
          "bytes_limiting",
          "latency",
          "numeric_attribute",
          "ottl_condition",
          "probabilistic",
          "rate_limiting",
          "span_count",
          "status_code",
          "string_attribute",
          "trace_flags",
          "trace_state");

  private static final List<String> OUTERMOST = List.of("and", "composite", "drop", "not");
  private static final List<String> IN_AND = List.of("not");
  private static final List<String> IN_COMPOSITE = List.of("and");
  private static final List<String> IN_NOT = List.of();

  private final List<String> notes;

  RuleReader(List<String> notes) {
    this.notes = notes;
  }

  List<Policy> policies(Block root) {
    return policies(root, "policies", OUTERMOST);
  }

  private List<Policy> policies(Block block, String key, List<String> alsoAllowed) {
    return block.blocks(key).stream().map(policy -> policy(policy, alsoAllowed)).toList();
  }

  private Policy policy(Block block, List<String> alsoAllowed) {
    try {
      return read(block.itself(), alsoAllowed);
    } catch (InvalidConfig e) {
      throw e.under(block.local());
    }
  }

  private Policy read(Block block, List<String> alsoAllowed) {
    String name = block.text("name", "");
    String type = block.text("type", "");
    if (!PLAIN.contains(type) && !alsoAllowed.contains(type)) {
      String found = type.isEmpty() ? "nothing" : type;
      TreeSet<String> allowed =
          Stream.concat(PLAIN.stream(), alsoAllowed.stream()).collect(toCollection(TreeSet::new));
      throw new InvalidConfig("type", found, "one of " + String.join(", ", allowed));
    }
    Rule rule = rule(block, type);
    noteOthers(block, type);
    block.refuseOthers();
    return new Policy(name, block.path(), rule);
  }

  /** What a policy of another type would read has no effect; the Collector does not mind. */
  private void noteOthers(Block block, String type) {
    Stream.concat(PLAIN.stream(), OUTERMOST.stream())
        .filter(other -> !other.equals(type) && block.has(other))
        .forEach(other -> notes.add(block.path(other) + ": no effect, the type is " + type));
  }

  private Rule rule(Block policy, String type) {
    Block block = policy.block(type);
    Rule rule = read(block, type);
    block.refuseOthers();
    return rule;
  }

  private Rule read(Block block, String type) {
    return switch (type) {
      case "always_sample" -> new Rule.AlwaysSample();
      case "trace_flags" -> new Rule.TraceFlags();
      case "latency" ->
          new Rule.Latency(number(block, "threshold_ms"), number(block, "upper_threshold_ms"));
      case "numeric_attribute" -> numericAttribute(block);
      case "probabilistic" ->
          new Rule.Probabilistic(block.decimal("sampling_percentage"), block.text("hash_salt", ""));
      case "status_code" -> new Rule.StatusCode(block.texts("status_codes"));
      case "string_attribute" -> stringAttribute(block);
      case "boolean_attribute" ->
          new Rule.BooleanAttribute(
              block.text("key", ""), block.bool("value"), block.bool("invert_match"));
      case "trace_state" -> new Rule.TraceState(block.text("key", ""), block.texts("values"));
      case "rate_limiting" ->
          new Rule.RateLimiting(amount(block, "spans_per_second"), amount(block, "burst_capacity"));
      case "bytes_limiting" ->
          new Rule.BytesLimiting(
              amount(block, "bytes_per_second"), amount(block, "burst_capacity"));
      case "span_count" ->
          new Rule.SpanCount((int) spans(block, "min_spans"), (int) spans(block, "max_spans"));
      case "ottl_condition" -> ottlCondition(block);
      case "and" -> new Rule.And(policies(block, "and_sub_policy", IN_AND));
      case "drop" -> new Rule.Drop(policies(block, "drop_sub_policy", IN_AND));
      case "not" -> new Rule.Not(policy(block.block("not_sub_policy"), IN_NOT));
      case "composite" -> composite(block);
      default -> throw new IllegalArgumentException(type);
    };
  }

  private static long number(Block block, String key) {
    return block.whole(key, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static long amount(Block block, String key) {
    return block.whole(key, 0, Long.MAX_VALUE);
  }

  private static long spans(Block block, String key) {
    return block.whole(key, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static Rule numericAttribute(Block block) {
    String key = block.text("key", "");
    long least = number(block, "min_value");
    long most = number(block, "max_value");
    return new Rule.NumericAttribute(key, least, most, block.bool("invert_match"));
  }

  private static Rule stringAttribute(Block block) {
    return new Rule.StringAttribute(
        block.text("key", ""),
        block.texts("values"),
        block.bool("enabled_regex_matching"),
        (int) block.whole("cache_max_size", Integer.MIN_VALUE, Integer.MAX_VALUE),
        block.bool("invert_match"));
  }

  private static Rule ottlCondition(Block block) {
    String mode = block.text("error_mode", "silent").toLowerCase(Locale.ROOT);
    ErrorMode errorMode =
        switch (mode) {
          case "ignore" -> ErrorMode.IGNORE;
          case "silent" -> ErrorMode.SILENT;
          case "propagate" -> ErrorMode.PROPAGATE;
          default ->
              throw new InvalidConfig(
                  block.local("error_mode"), mode, "ignore, propagate or silent");
        };
    return new Rule.OttlCondition(errorMode, block.texts("span"), block.texts("spanevent"));
  }

  /**
   * As in the Collector, the sub-policies are asked in the order they are written in, not that of
   * {@code policy_order}, and one without an allocation may sample nothing.
   */
  private Rule composite(Block block) {
    long total = amount(block, "max_total_spans_per_second");
    List<Policy> policies = policies(block, "composite_sub_policy", IN_COMPOSITE);
    List<String> order = block.texts("policy_order");
    List<String> names = policies.stream().map(Policy::name).toList();
    if (!order.isEmpty() && !order.equals(names)) {
      notes.add(
          block.path("policy_order")
              + ": no effect, as in the Collector: the order of composite_sub_policy holds");
    }
    Map<String, Long> allocations = allocations(block, total, policies.size());
    List<Rule.Allotted> allotted = new ArrayList<>();
    for (Policy policy : policies) {
      if (!allocations.containsKey(policy.name())) {
        notes.add(
            policy.path() + ": samples nothing, as in the Collector: no rate_allocation for it");
      }
      allotted.add(new Rule.Allotted(policy, allocations.getOrDefault(policy.name(), 0L)));
    }
    return new Rule.Composite(total, allotted);
  }

  /** A percentage of 0 or less means an equal share. */
  private static Map<String, Long> allocations(Block block, long total, int policies) {
    Map<String, Long> allocations = new HashMap<>();
    for (Block allocation : block.blocks("rate_allocation")) {
      long percent = number(allocation, "percent");
      double spans = percent > 0 ? percent / 100.0 * total : (double) total / policies;
      allocations.put(allocation.text("policy", ""), (long) spans);
      allocation.refuseOthers();
    }
    return allocations;
  }
}
