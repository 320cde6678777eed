package io.millrace.bench;

/** {@code tail_sampling} blocks that both sides are given, word by word. */
enum Policies {
  /** As many begin: errors, slower than a second, a tenth of the rest. */
  THREE(
      """
      - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
      - {name: slow, type: latency, latency: {threshold_ms: 1000}}
      - {name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}
      """),

  /** One of each type; limits so high that they are counted and do not bite. */
  ALL_TYPES(
      """
      - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
      - {name: slow, type: latency, latency: {threshold_ms: 1000}}
      - {name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}
      - {name: gold, type: string_attribute, string_attribute: {key: user_agent.original, values: ["curl/.*"], enabled_regex_matching: true}}
      - {name: server-errors, type: numeric_attribute, numeric_attribute: {key: http.response.status_code, min_value: 599, max_value: 599}}
      - {name: flagged, type: boolean_attribute, boolean_attribute: {key: keep, value: true}}
      - {name: vendor, type: trace_state, trace_state: {key: vendor, values: [keep]}}
      - {name: flags, type: and, and: {and_sub_policy: [{name: f, type: trace_flags}, {name: long, type: span_count, span_count: {min_spans: 500}}]}}
      - {name: large, type: span_count, span_count: {min_spans: 500}}
      - {name: few, type: rate_limiting, rate_limiting: {spans_per_second: 10}}
      - {name: small, type: bytes_limiting, bytes_limiting: {bytes_per_second: 10000}}
      - {name: condition, type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes["db.namespace"] == "payroll"', 'IsMatch(name, "^DELETE ")'], spanevent: ['name == "exception"']}}
      - {name: not-shop, type: not, not: {not_sub_policy: {name: shop, type: string_attribute, string_attribute: {key: k8s.namespace.name, values: [shop]}}}}
      - {name: no-probes, type: drop, drop: {drop_sub_policy: [{name: probe, type: string_attribute, string_attribute: {key: url.path, values: [/healthz]}}]}}
      - {name: shares, type: composite, composite: {max_total_spans_per_second: 100, policy_order: [c1, c2], composite_sub_policy: [{name: c1, type: latency, latency: {threshold_ms: 5000}}, {name: c2, type: always_sample}], rate_allocation: [{policy: c1, percent: 50}, {policy: c2, percent: 50}]}}
      """);

  private final String yaml;

  Policies(String yaml) {
    this.yaml = yaml;
  }

  /** The block under {@code tail_sampling:}, indented by so many spaces. */
  String block(int indent, int decisionWaitSeconds) {
    String text =
        "decision_wait: %ds\nnum_traces: 20000000\npolicies:\n%s"
            .formatted(decisionWaitSeconds, yaml.indent(2));
    return text.indent(indent);
  }
}
