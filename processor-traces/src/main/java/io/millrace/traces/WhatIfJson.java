package io.millrace.traces;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A result of {@code what-if} for programs: one object, on lines of its own. */
final class WhatIfJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private WhatIfJson() {}

  static List<String> lines(WhatIfResult result) {
    ObjectNode root = NODES.objectNode();
    root.put("from", result.from().toString());
    root.put("to", result.to().toString());
    root.put("partitions", result.partitions());
    root.put("records", result.read().records());
    root.put("unreadableRecords", result.read().unreadable());
    ArrayNode reports = root.putArray("policies");
    result.reports().forEach(report -> reports.add(report(report)));
    return root.toPrettyString().lines().toList();
  }

  private static ObjectNode report(TrialReport report) {
    ObjectNode node = NODES.objectNode();
    node.put("file", report.name());
    node.set("all", amount(report.all()));
    node.set("kept", amount(report.kept()));
    ArrayNode policies = node.putArray("keptByPolicy");
    report.keptByPolicy().forEach((name, kept) -> policies.add(amount(kept).put("policy", name)));
    ArrayNode services = node.putArray("services");
    report.allByService().forEach((name, all) -> services.add(service(report, name, all)));
    node.set("errorTraces", lost(report.errors()));
    node.set("slowTraces", lost(report.slow()));
    node.set("lateSpans", lost(report.lateSpans()));
    node.put("tracesUnderWay", report.tracesUnderWay());
    node.put("earlyDecisions", report.earlyDecisions());
    return node;
  }

  private static ObjectNode service(TrialReport report, String name, Amount all) {
    ObjectNode node = NODES.objectNode().put("service", name);
    node.set("all", amount(all));
    node.set("kept", amount(report.keptOf(name)));
    return node;
  }

  private static ObjectNode amount(Amount amount) {
    return NODES
        .objectNode()
        .put("traces", amount.traces())
        .put("spans", amount.spans())
        .put("bytes", amount.bytes());
  }

  private static ObjectNode lost(TrialReport.Lost lost) {
    return NODES.objectNode().put("all", lost.all()).put("lost", lost.lost());
  }
}
